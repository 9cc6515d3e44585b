"""Contact details as people disguise them in comments, made with a seed; knows nothing of the rules that find them.

Left out are puzzles (numbers read backwards, sums, pictures) and platforms that the project does not follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from benchmarks import phrases


class Plant(NamedTuple):
    """What is planted: the words, the kind and the value that is to be found in them, and how it is disguised."""

    text: str
    kind: str
    value: str
    disguise: str


# ruff: noqa: PLR2004, S311
# Shares of a random choice, which nothing secret hangs on.


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def mobile(rng: Random) -> str:
    """A mobile number of an assigned range; nobody asked whether it is in use."""
    return rng.choice(phrases.PREFIXES) + _digits(rng, 8)


def number(rng: Random, low: int = 5, high: int = 10) -> str:
    """A QQ number: no leading 0."""
    return str(rng.randint(1, 9)) + _digits(rng, rng.randint(low, high) - 1)


def _name(rng: Random) -> str:
    heads = phrases.words(
        "lily tom xiao zhang li wang momo coco travel lulu chen yoyo bear sunny jia an fei nana da kk"
    )
    return rng.choice(heads) + rng.choice(["", *heads])


def wechat_id(rng: Random) -> str:
    """A WeChat id: what people choose, and what they are given."""
    shape = rng.randrange(10)
    name = _name(rng)
    made = {
        0: f"{name}_{_digits(rng, 4)}",
        1: f"{name}-{_digits(rng, 3)}",
        2: f"wxid_{''.join(rng.choices('abcdefghjkmnpqrstuvwxyz0123456789', k=12))}",
        3: f"{name}_{_name(rng)}",
        4: f"{''.join(rng.choices('abcdefghijklmnopqrstuvwxyz', k=3))}{rng.randint(1980, 2008)}{_digits(rng, 4)}",
    }.get(shape, f"{name}{_digits(rng, rng.randint(3, 6))}")
    return (made if len(made) >= 6 else made + "888")[:20]


def swap(glyphs: str, value: str) -> str:
    """The digits of a value in other glyphs."""
    return "".join(glyphs[int(char)] if char.isdecimal() else char for char in value)


def keycaps(value: str) -> str:
    """The digits of a value as keycap emoji."""
    return "".join(char + "\ufe0f\u20e3" if char.isdecimal() else char for char in value)


def _cut(rng: Random, value: str, pieces: int) -> list[str]:
    cuts = sorted(rng.sample(range(1, len(value)), pieces - 1))
    return [value[a:b] for a, b in zip([0, *cuts], [*cuts, len(value)], strict=True)]


def _usual(value: str) -> list[str]:
    return [value[:3], value[3:7], value[7:]]


def _mixed(rng: Random, value: str, names: Sequence[str]) -> str:
    return "".join(swap(phrases.GLYPHS[rng.choice(names)], char) if rng.random() < 0.6 else char for char in value)


def _scattered(rng: Random, value: str) -> str:
    noise = rng.choice(phrases.NOISE)
    return noise.join(_cut(rng, value, rng.randint(3, 5)))


_Disguise = Callable[[Random, str], str]
_NUMBER: dict[str, _Disguise] = {
    "plain": lambda rng, v: v,
    **{name: (lambda rng, v, glyphs=glyphs: swap(glyphs, v)) for name, glyphs in phrases.GLYPHS.items()},  # type: ignore[misc]
    "keycaps": lambda rng, v: keycaps(v),
    "mixed": lambda rng, v: _mixed(rng, v, ["chinese", "formal", "circled", "full-width"]),
    "spaced": lambda rng, v: rng.choice([" ", ".", "-", "·", " ", "\u200b", "。"]).join(v),
    "emoji-each": lambda rng, v: rng.choice(phrases.EMOJI).join(v),
    "emoji-cut": lambda rng, v: rng.choice(phrases.EMOJI).join(_cut(rng, v, rng.randint(2, 4))),
    "struck": lambda rng, v: "".join(char + "\u0336" for char in v),
    "boxed": lambda rng, v: "".join(f"【{char}】" for char in v),
    "spaced-chinese": lambda rng, v: " ".join(swap(phrases.GLYPHS["chinese"], v)),
    "letters": lambda rng, v: v.replace("0", rng.choice("oO")).replace("1", rng.choice("lI")),
}
_MOBILE: dict[str, _Disguise] = {
    **_NUMBER,
    "signs": lambda rng, v: rng.choice(phrases.SIGNS).join(_usual(v)),
    "signs-full-width": lambda rng, v: rng.choice(phrases.SIGNS).join(_usual(swap(phrases.GLYPHS["full-width"], v))),
    "odd-signs": lambda rng, v: rng.choice([" ", "-", ".", "·"]).join(_cut(rng, v, rng.randint(2, 4))),
    "fillers": lambda rng, v: rng.choice(phrases.FILLERS).join(_usual(v)),
    "scattered": _scattered,
    "country": lambda rng, v: rng.choice(["+86", "86", "0086", "+86 ", "+86-", "(+86)", "（86）"]) + v,
    "brackets": lambda rng, v: "".join(f"（{piece}）" for piece in _usual(v)),
    "sounds": lambda rng, v: "".join(rng.choice(phrases.SOUNDS[int(char)]) for char in v),
    "spelled": lambda rng, v: " ".join(phrases.SPELLED[int(char)] for char in v),
    "half-chinese": lambda rng, v: v[:3] + swap(phrases.GLYPHS["chinese"], v[3:7]) + v[7:],
    "half-formal": lambda rng, v: swap(phrases.GLYPHS["formal"], v[:3]) + " " + v[3:7] + " " + v[7:],
}


def _letters(first: int, value: str) -> str:
    return "".join(chr(first + ord(char) - ord("a")) if "a" <= char <= "z" else char for char in value)


_ID: dict[str, _Disguise] = {
    "plain": lambda rng, v: v,
    "upper": lambda rng, v: v.upper(),
    "full-width": lambda rng, v: "".join(chr(ord(char) + 0xFEE0) for char in v),
    "spaced": lambda rng, v: rng.choice([" ", ".", "·", "\u200b"]).join(v),
    "cut": lambda rng, v: rng.choice([" ", ".", "·", "…", "  ", "。"]).join(_cut(rng, v, rng.randint(2, 3))),
    "emoji-cut": lambda rng, v: rng.choice(phrases.EMOJI).join(_cut(rng, v, rng.randint(2, 3))),
    "emoji-each": lambda rng, v: rng.choice(phrases.EMOJI).join(v),
    "chinese": lambda rng, v: swap(phrases.GLYPHS["chinese"], v),
    "circled": lambda rng, v: swap(phrases.GLYPHS["circled"], v),
    "keycaps": lambda rng, v: keycaps(v),
    "ringed": lambda rng, v: _letters(0x24D0, v),
    "bold": lambda rng, v: _letters(0x1D41A, v),
    "named-signs": lambda rng, v: v.replace("_", rng.choice(["下划线", "(下划线)"])).replace(
        "-", rng.choice(["横杠", "减号"])
    ),
    "quoted": lambda rng, v: rng.choice(["【{}】", "「{}」", "“{}”", "({})"]).format(v),
}


def _pick(rng: Random, disguises: dict[str, _Disguise], value: str) -> tuple[str, str]:
    name = rng.choice(list(disguises))
    return disguises[name](rng, value), name


def phone(rng: Random) -> Plant:
    """A mobile number behind a cue, or bare behind a sign."""
    value = mobile(rng)
    written, name = _pick(rng, _MOBILE, value)
    cue = rng.choice(phrases.CALLS) if rng.random() < 0.6 else rng.choice(phrases.BARE)
    return Plant(cue + written + rng.choice(phrases.TAILS), "phone", value, f"mobile {name}")


def landline(rng: Random) -> Plant:
    """A shop's number: with an area code, or 400 and 800."""
    area, local = rng.choice([("010", 8), ("021", 8), ("0571", 8), ("0755", 8), ("028", 8), ("0898", 8), ("0310", 7)])
    rest = str(rng.randint(2, 8)) + _digits(rng, local - 1)
    service = rng.choice(["400", "800"]) + _digits(rng, 7)
    value, written = rng.choice(
        [
            (area + rest, f"{area}{rng.choice(['-', ' ', '', '—', '－'])}{rest}"),
            (area + rest, rng.choice(["({}){}", "（{}）{}"]).format(area, rest)),
            (area + rest, swap(phrases.GLYPHS["full-width"], f"{area}-{rest}")),
            (service, f"{service[:3]}-{service[3:6]}-{service[6:]}"),
            (service, f"{service[:3]} {service[3:7]} {service[7:]}"),
            (service, f"{service[:4]}-{service[4:7]}-{service[7:]}"),
        ]
    )
    return Plant(rng.choice(phrases.CALLS[:6]) + written + rng.choice(phrases.TAILS), "phone", value, "landline")


def wechat(rng: Random) -> Plant:
    """A WeChat id, now and then a number, behind one of its many names."""
    cue, link = rng.choice(phrases.WE), rng.choice(phrases.LINKS)
    shape = rng.random()
    if shape < 0.1:
        value = mobile(rng)
        written, name = _pick(rng, _MOBILE, value)
        return Plant(f"{cue}{link}{written}{rng.choice(phrases.TAILS)}", "phone", value, f"wechat is mobile {name}")
    if shape < 0.2:
        value = number(rng, 6)
        written, name = _pick(rng, _NUMBER, value)
        return Plant(f"{cue}{link}{written}{rng.choice(phrases.TAILS)}", "wechat", value, f"wechat number {name}")
    value = wechat_id(rng)
    written, name = _pick(rng, _ID, value)
    tidy = value.upper() if name == "upper" else value
    return Plant(f"{cue}{link}{written}{rng.choice(phrases.TAILS)}", "wechat", tidy, f"wechat {name} [{cue}|{link}]")


def qq(rng: Random) -> Plant:
    """A QQ number, or the number of a group."""
    group = rng.random() < 0.3
    value = number(rng, 8 if group else 6)
    written, name = _pick(rng, _NUMBER, value)
    cue, link = rng.choice(phrases.GROUPS if group else phrases.Q), rng.choice(phrases.LINKS)
    text = f"{cue}{link}{written}{rng.choice(phrases.TAILS)}"
    return Plant(text, "qq", value, f"{'group' if group else 'qq'} {name} [{cue}|{link}]")


def email(rng: Random) -> Plant:
    """An address with its signs said in words."""
    hosts = phrases.words(
        "qq.com 163.com 126.com gmail.com outlook.com foxmail.com sina.com sina.cn hotmail.com icloud.com 139.com"
    )
    user = (
        number(rng, 6)
        if rng.random() < 0.5
        else rng.choice([_name(rng) + _digits(rng, 3), f"{_name(rng)}.{_name(rng)}"])
    )
    host = rng.choice(hosts)
    at, dot = rng.choice(phrases.AT), rng.choice(phrases.DOT)
    if user[-1:].isalpha() and at == "AT":
        at = "(AT)"
    written = user + at + dot.join(host.split("."))
    note = rng.choice(["（#换成@）", "（把#换成@）", " #换@", "，#改成@"]) if at == "#" else ""
    if rng.random() < 0.15:
        written = "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in written)
    text = f"{rng.choice(phrases.MAILS)}{written}{note}{rng.choice(phrases.TAILS)}"
    return Plant(text, "email", f"{user}@{host}", f"email {at}|{dot}")


_KINDS: Sequence[tuple[Callable[[Random], Plant], int]] = (
    (phone, 35),
    (landline, 5),
    (wechat, 35),
    (qq, 15),
    (email, 10),
)


def plants(count: int, *, seed: int = 20261122) -> list[Plant]:
    """``count`` disguised contact details, always the same ones for a seed."""
    rng = Random(seed)
    makers = rng.choices([make for make, _ in _KINDS], [weight for _, weight in _KINDS], k=count)
    return [make(rng) for make in makers]
