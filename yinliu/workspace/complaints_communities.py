"""What ``communities.yaml`` can have wrong beyond a wrong value, in words: Chinese, then English."""

from __future__ import annotations

OF_COMMUNITIES: dict[str, tuple[str, str]] = {
    "shift_days": (
        "只能是 {kinds} 之一，或至少一个星期几，如 [{names}]",
        "must be one of {kinds}, or at least one weekday, like [{names}]",
    ),
    "token_in_clear": (
        "访问令牌会以明文传输，公网地址请用 https://",
        "the token would travel in clear: use https:// for a public address",
    ),
    "seats": (
        "capacity（只有一个群）和 groups（多个群）要写一个，且只能写一个",
        "needs either capacity (one group) or groups (several)",
    ),
    "shift_backwards": (
        "班次的结束要晚于开始，这里是 {start} 到 {end}；跨午夜的请写成两段",
        "must end after it begins ({start} to {end}); a shift over midnight is two",
    ),
    "shifts_overlap": (
        "班次重叠：{one_zh} 与{other_zh}，请改成不重叠的时段",
        "shifts overlap, {one} and {other}: keep them apart",
    ),
    "shifts_overlap_maybe": (
        "班次重叠：{one_zh} 与{other_zh}（周末可能调休上班，平日也可能放假），请改成不重叠的时段，"
        "或把星期几改成 workdays、holidays",
        "shifts overlap, {one} and {other} (a Saturday may be worked, a Monday off): keep them apart, "
        "or say workdays and holidays instead of weekdays",
    ),
    "manual_hub": ("manual 是内置的，请给 hubs 换一个名称", "manual is there already: choose another name for the hub"),
    "given_twice": ("{name} 写了两次，请只留一个", "has {name} twice: keep one"),
    "titles_equal": (
        "标题“{title}”重复（{names}），按标题就分不清是哪一个，请各起一个不同的标题",
        "has the title {title!r} several times ({names}): give each its own",
    ),
    "days_wrong": (
        "应为日期（如 2027-01-01），或一段日期（如 2027-02-05..2027-02-11）",
        "must be a day (like 2027-01-01) or a span of days (like 2027-02-05..2027-02-11)",
    ),
    "days_backwards": (
        "前后颠倒：{first} 在 {last} 之后，请把早的写在前面",
        "{first} is after {last}: put the earlier day first",
    ),
    "days_many": (
        "共 {days} 天，一段最多 {most} 天；请检查年份，或分成几段",
        "has {days} days; a span has {most} at most: check the years, or write several",
    ),
    "days_both": (
        "{days} 同时写在 off（放假）和 work（上班）里，请只留一处",
        "{days} stands in off and in work: keep one",
    ),
}
OF_WHOLE_PARTS = (
    "seats",
    "shift_backwards",
    "shifts_overlap",
    "shifts_overlap_maybe",
    "manual_hub",
    "token_in_clear",
    "given_twice",
    "titles_equal",
    "days_both",
)
"""Mistakes of a whole part: the message names what is wrong in it."""
