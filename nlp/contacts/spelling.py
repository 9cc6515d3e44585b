"""Reading a number or an id from a place in a text, over whatever its pieces are parted with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from nlp.contacts.glyphs import NUMERALS, PICTURES, RINGED_V, UNSEEN
from nlp.contacts.numbering import is_number, is_wechat_id
from nlp.contacts.views import Views


class Spelled(NamedTuple):
    """A value without what parted it, and where it stands."""

    value: str
    start: int
    end: int


class _Piece(NamedTuple):
    gap: str
    value: str
    start: int
    end: int


_LONGEST_NUMBER, _LONGEST_ID, _WHOLE = 11, 20, 6
_PIECES = 24
"""No id has more pieces, one of each character and a few for its signs."""
_DIGITS = re.compile(rf"(?P<gap>[ .·…。~*/|\-—_()\[\]【】「」、\x01{PICTURES}]{{0,9}})(?P<body>[0-9]+)")
_OF_LETTERS = re.compile(r"[1-9li][0-9oli]{4,10}(?![0-9a-z@_])")
_AS_DIGIT = str.maketrans("oli", "011")
_WRITTEN = 3
_UNIT = re.compile(
    r"\x01*(?: ?(?:[元块年月日人个名级位岁楼折集米斤张套件%℃￥$万亿千平次只部美]|[wk](?![a-z])|公里|分钟|小时)"
    r"|[0-9a-z@_]|[.:/\-][0-9])"
)
_COUNTED = re.compile(r" ?(?:[元块年月日人个名级位岁楼折集米斤张套件天次只条种号点分]|小时)")
_ID_PIECE = re.compile(
    rf"(?P<gap>[ .·…。~*/|\x01{PICTURES}]{{0,9}})"
    rf"(?P<body>[a-z0-9_\-{RINGED_V}{UNSEEN}]{{1,64}}|[{NUMERALS}]{{1,20}}|[(（]?(?:下划线|横杠|减号|中划线)[)）]?)"
)
_STOP = frozenset(
    {"qq", "q", "v", "vx", "wx", "w", "wechat", "tel", "phone", "email", "mail", "hello", "hi", "thanks", "ok"}
)
_STOP |= {"dm", "or", "and", "me", "add", "please", "id", "www", "http", "https", "com", "cn", "net", "org"}
_HOSTS = frozenset({"com", "cn", "net", "org", "top", "cc", "io", "html", "htm"})


def read_number(views: Views, place: int) -> Spelled | None:
    """5-11 digits, in any glyphs, in one piece or evenly parted; None when there is something else, or an amount."""
    lettered = _OF_LETTERS.match(views.plain, place)
    if lettered and not lettered[0].isdigit():
        enough = sum(map(str.isdigit, lettered[0])) >= _WRITTEN
        return Spelled(lettered[0].translate(_AS_DIGIT), place, lettered.end()) if enough else None
    pieces = _even(list(_digit_pieces(views.digits, place)))
    value = "".join(piece.value for piece in pieces)
    if not is_number(value) or _UNIT.match(views.digits, pieces[-1].end):
        return None
    return Spelled(value, pieces[0].start, pieces[-1].end)


def _digit_pieces(line: str, place: int) -> Iterator[_Piece]:
    total = 0
    while total <= _LONGEST_NUMBER and (found := _DIGITS.match(line, place)):
        place = found.end()
        total += len(found["body"])
        yield _Piece(found["gap"].replace(UNSEEN, ""), found["body"], found.start("body"), place)


def _even(pieces: list[_Piece]) -> list[_Piece]:
    """The first pieces that belong together: all parted by the same; nothing is added to what is whole by itself."""
    kept = pieces[:1]
    size = sum(len(piece.value) for piece in kept)
    gap = ""
    for piece in pieces[1:]:
        whole = size >= _WHOLE and not gap and piece.gap[:1] not in PICTURES
        if piece.gap and (whole or (gap and piece.gap != gap)):
            break
        gap = gap or piece.gap
        kept.append(piece)
        size += len(piece.value)
    return kept


def read_id(views: Views, place: int) -> Spelled | None:
    """A WeChat id from here, in one piece or evenly parted; None when what stands here cannot be one."""
    pieces = _joined(views.plain, _id_pieces(views, place))
    if not pieces or _is_prose(pieces):
        return None
    value = "".join(piece.value for piece in pieces)
    end = pieces[-1].end
    if not is_wechat_id(value) or views.plain.startswith("@", end):
        return None
    return Spelled(value, pieces[0].start, end)


def _id_pieces(views: Views, place: int) -> Iterator[_Piece]:
    for _ in range(_PIECES):
        found = _ID_PIECE.match(views.plain, place)
        if not found:
            return
        place = found.end()
        yield _Piece(found["gap"].replace(UNSEEN, ""), _value(views, found), found.start("body"), place)


def _value(views: Views, found: re.Match[str]) -> str:
    body, start, end = found["body"], found.start("body"), found.end()
    if body[0] in NUMERALS:
        return views.digits[start:end]
    if "划线" in body or body.strip("()（）") in ("横杠", "减号"):
        return "_" if "下划线" in body else "-"
    return views.kept[start:end].replace(UNSEEN, "").replace(RINGED_V, "v")


def _joined(plain: str, pieces: Iterator[_Piece]) -> list[_Piece]:
    """The first pieces that make one id."""
    kept: list[_Piece] = []
    piece = next(pieces, None)
    while piece:
        after = next(pieces, None)
        if kept and not _belongs(plain, kept, piece, after):
            break
        kept.append(piece)
        piece = after
    return kept


def _belongs(plain: str, kept: list[_Piece], piece: _Piece, after: _Piece | None) -> bool:
    """Whether a piece goes on with an id: evenly parted, no other word, no amount."""
    last = not after or bool(after.gap)
    if plain[piece.start] in NUMERALS and last and (_COUNTED.match(plain, piece.end) or _is_lone(piece)):
        return False
    if not piece.gap:
        return True
    value = "".join(one.value for one in kept)
    gap = next((one.gap for one in kept[1:] if one.gap), "")
    if (gap and piece.gap != gap) or len(value) + len(piece.value) > _LONGEST_ID:
        return False
    if len(value) == len(kept):
        return True
    return piece.value.lower() not in _STOP and not (
        _is_whole(value) and _starts_anew(plain, piece, after, even=bool(gap))
    )


def _starts_anew(plain: str, piece: _Piece, after: _Piece | None, *, even: bool) -> bool:
    """Behind what is an id already: an amount, or a new sentence."""
    even = even or piece.value.isdigit() or bool(after and after.gap == piece.gap)
    return bool(_COUNTED.match(plain, piece.end)) or (piece.gap[0] in "。/|~*" and not even)


def _is_lone(piece: _Piece) -> bool:
    return len(piece.value) == 1 and not piece.gap


def _is_whole(value: str) -> bool:
    return is_wechat_id(value) and not value.isalpha()


def _is_prose(pieces: list[_Piece]) -> bool:
    """Words in a row, or the address of a site."""
    parted = [piece for piece in pieces[1:] if piece.gap]
    if not parted or all(len(piece.value) == 1 for piece in pieces):
        return False
    words = all(piece.value.isalpha() for piece in pieces) and parted[0].gap[0] in " /"
    return words or (parted[0].gap.strip() in (".", "。") and pieces[-1].value.lower() in _HOSTS)
