"""How each figure of the report is counted, for the footnote."""

from __future__ import annotations

from yinliu.language import Text

Definition = tuple[Text, Text]

DEFINITIONS: tuple[Definition, ...] = (
    (
        Text("发布内容", "Posts"),
        Text(
            "本周内发布、且已被采集到的帖子、视频与文章。",
            "Posts, videos and articles published this week and gathered.",
        ),
    ),
    (
        Text("阅读/播放、点赞", "Views, likes"),
        Text(
            "本周发布的内容截至生成时的累计；平台不公开的显示为“—”，不当作 0。",
            "Of the posts published this week, up to now; “—” where the platform does not tell, which is not 0.",
        ),
    ),
    (
        Text("评论", "Comments"),
        Text("本周发表的评论，包括回复（楼中楼）。", "Comments written this week, replies to comments included."),
    ),
    (
        Text("留言人数", "People commenting"),
        Text("本周留过言的人；同一个人不论留言几次只算一次。", "People who commented this week, each counted once."),
    ),
    (
        Text("有意向", "Interested"),
        Text(
            "至少一条评论被识别出意向（如询价、求购、求链接）的人。",
            "People with at least one comment tagged with an intent, such as asking the price.",
        ),
    ),
    (
        Text("合格线索", "Qualified leads"),
        Text(
            "因本周的留言而成为合格线索的人，计入带来主要信号的内容与来源。",
            "People who qualified by a comment of this week, credited to the post and source of their main signal.",
        ),
    ),
    (
        Text("入群工单", "Onboarding tickets"),
        Text(
            "其中已进入社群引导队列的人；等位指社群已满、排队等候的人。",
            "Those of them with a ticket; waiting means that the community is full.",
        ),
    ),
    (
        Text("进群", "Joined"),
        Text(
            "本周进群的人，不论何时留言；扫路标进群的计入路标所属的内容，其余计入带来线索的内容。",
            "People who came into a group this week, whenever they commented: credited to the post of the code they"
            " came by, or else to the post of their lead.",
        ),
    ),
    (
        Text("转化率", "Conversion"),
        Text(
            "漏斗中本步人数 ÷ 上一步人数；都是在本周留言的人。",
            "People at a step over people at the step above; all of them commented this week.",
        ),
    ),
    (
        Text("较上周", "Change"),
        Text(
            "与上周之差 ÷ 上周；上周为 0 时不算百分比，只标“新增”。",
            "This week less last week, over last week; from 0 there is no percentage, only “new”.",
        ),
    ),
)
