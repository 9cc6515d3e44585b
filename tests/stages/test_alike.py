"""Who may be one person: who left the same contact comes first, also where nothing can merge them; then by names."""

from __future__ import annotations

from tests.stages.team import Team, comment, phone, post
from yinliu.leads.names import MOST, Suggestion
from yinliu.stages import persons
from yinliu.stages.alike import suggest


def suggested(team: Team) -> list[Suggestion]:
    """What is suggested."""
    with team.begin() as work:
        return suggest(work)


def pairs(team: Team) -> list[tuple[int, int, bool]]:
    """Whom, and whether nothing merges them."""
    return [(one.first, one.second, one.barred) for one in suggested(team)]


def sharing(team: Team, person: int) -> list[int]:
    """Who shares a contact with somebody."""
    with team.begin() as work:
        return work.persons.sharing_contact(person)


def called(number: int, text: str, who: str) -> dict[str, object]:
    """A comment by somebody whose account is their own, whatever they are called."""
    return comment(f"c{number}", text, who, author_id=f"u{number}")


def test_two_accounts_of_one_platform_with_one_contact_are_told(team: Team) -> None:
    """They are vetoed, so they stay two; the platform is named in Chinese, with its source."""
    rows = [called(1, f"想买 {phone(1)}", "阿泽露营"), called(2, f"想买 {phone(1)}", "泽哥")]
    team.land(post(), *rows, source="exports", platform="douyin")
    team.hear()
    (found,) = suggested(team)
    assert (found.first, found.second, found.barred, found.names) == (1, 2, True, ("阿泽露营", "泽哥"))
    assert found.reason.zh == "留了同一个联系方式，但在 抖音（来源 exports）上是两个账号：阿泽露营、泽哥"
    assert "two accounts on douyin (source exports)" in found.reason.en
    assert (sharing(team, 1), sharing(team, 2)) == ([2], [1])


def test_they_come_before_names_and_once(team: Team) -> None:
    """Who is called alike is told after them; a pair that is both is told by the contact."""
    team.hear(post(), called(1, f"想买 {phone(1)}", "山野小林"), called(2, f"想买 {phone(1)}", "王五爷"))
    team.hear(post("p2"), called(3, "想买", "山野小琳"), source="shop")
    assert pairs(team) == [(1, 2, True), (1, 3, False)]


def test_who_was_noted_as_two_is_not_told(team: Team) -> None:
    """Somebody looked already; whoever claims their ticket is told all the same."""
    team.hear(post(), called(1, f"想买 {phone(1)}", "甲"), called(2, f"想买 {phone(1)}", "乙"))
    persons.not_same(team.begin, 1, 2, actor="店长")
    assert pairs(team) == []
    assert sharing(team, 1) == [2]


def test_the_teams_contacts_and_groups_tell_nothing(team: Team) -> None:
    """Who repeats the team's number, or the number of a group, left none of their own; nor is the team anybody."""
    team.colleagues = ("店长",)
    team.hear(
        post(),
        comment("t", f"加我 {phone(9)}", "店长"),
        called(1, f"是 {phone(9)} 吗，QQ群：123456789", "甲"),
        called(2, f"{phone(9)} 打不通，QQ群：123456789", "乙"),
        called(3, f"想买 {phone(3)}", "丙"),
    )
    team.hear(comment("t22", f"已加您 {phone(3)}", "店长"))
    assert pairs(team) == []
    assert [sharing(team, person) for person in range(1, 5)] == [[]] * 4


def test_who_became_one_is_not_told(team: Team) -> None:
    """On two sources the contact merged them."""
    team.hear(post(), called(1, f"想买 {phone(1)}", "甲"))
    team.hear(post(), called(2, f"想买 {phone(1)}", "乙"), source="shop")
    assert pairs(team) == []
    assert sharing(team, 1) == []


def test_of_a_crowd_each_is_told_with_the_first(team: Team) -> None:
    """Everybody is in a pair, and pairs do not outgrow the crowd."""
    crowd = MOST + 3
    team.hear(post(), *(called(number, f"想买 {phone(1)}", f"买家{number}号") for number in range(crowd)))
    assert pairs(team) == [(1, other, True) for other in range(2, crowd + 1)]
    assert sharing(team, 2) == [1, *range(3, crowd + 1)]


def test_short_names_are_told_where_they_are_the_same(team: Team) -> None:
    """阿泽 on two sources; not who is called otherwise and sounds alike."""
    team.hear(post(), called(1, "想买", "阿泽"))
    team.hear(post(), called(2, "想买", "阿泽"), called(3, "想买", "啊则"), source="shop")
    assert pairs(team) == [(1, 2, False)]
    assert suggested(team)[0].reason.zh == "昵称相同：阿泽（blog）、阿泽（shop）"


def test_who_was_taken_for_a_colleague_shares_what_they_left(team: Team) -> None:
    """As they are read last, not as they were once: the name was taken out of the list."""
    rows = [called(1, f"想买 {phone(1)}", "甲"), called(2, f"想买 {phone(1)}", "乙")]
    team.colleagues = ("乙",)
    team.hear(post(), *rows)
    assert (sharing(team, 1), pairs(team)) == ([], [])
    team.colleagues = ()
    team.qualify()
    assert (sharing(team, 1), pairs(team)) == ([2], [(1, 2, True)])


def test_nobody_is_asked_about_without_a_contact(team: Team) -> None:
    """And a person that is not there shares nothing."""
    team.hear(post(), called(1, "想买", "甲"))
    assert (sharing(team, 1), sharing(team, 99)) == ([], [])
