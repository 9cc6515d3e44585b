"""Words, signs and glyphs that people disguise contact details with, written by hand."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """Its words."""
    return text.split()


def parts(text: str) -> list[str]:
    """Its parts, some with spaces in them, parted by ``^``."""
    return text.split("^")


PREFIXES = words(
    "130 131 132 133 134 135 136 137 138 139 145 147 149 150 151 152 153 155 156 157 158 "
    "159 162 165 166 167 170 171 172 173 175 176 177 178 180 181 182 183 184 185 186 187 "
    "188 189 190 191 192 193 195 196 197 198 199"
)
GLYPHS = {
    "full-width": "０１２３４５６７８９",
    "chinese": "零一二三四五六七八九",
    "circle-zero": "〇一二三四五六七八九",
    "yao": "洞幺两三四五六拐八勾",
    "formal": "零壹贰叁肆伍陆柒捌玖",
    "traditional": "零壹貳參肆伍陸柒捌玖",
    "circled": "⓪①②③④⑤⑥⑦⑧⑨",
    "black": "⓿❶❷❸❹❺❻❼❽❾",
    "parenthesised": "0⑴⑵⑶⑷⑸⑹⑺⑻⑼",
    "dotted": "0⒈⒉⒊⒋⒌⒍⒎⒏⒐",
    "bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "raised": "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "lowered": "₀₁₂₃₄₅₆₇₈₉",
    "roman": "0ⅠⅡⅢⅣⅤⅥⅦⅧⅨ",
    "suits": "零㊀㊁㊂㊃㊄㊅㊆㊇㊈",
}
SOUNDS = parts("零灵林^一幺妖衣依腰^二儿尔贰^三伞散叁山^四似寺思^五舞午武呜^六溜刘柳陆^七妻期漆^八吧巴爸芭^九酒久玖")
SPELLED = words("ling yi er san si wu liu qi ba jiu")
EMOJI = parts("🌸^❤️^⭐^🎈^☎️^🍀^✨^🔥^👍🏻^🌟^💕^🍓^👩\u200d👧^🐾")
SIGNS = parts(" ^-^.^—^·^_^~^  ^…^/^*^|^＊^、^，^．^－")
FILLERS = ["然后", "接着", "后面是", "再来", "中间", "加上", "跟着"]
NOISE = words("哈 呀 的 爱 删 汉字 去掉 我 国")

WE = parts(
    "微信^薇信^威信^徽信^维信^卫星^伪信^微❤^薇❤^薇❤️^薇心^微-信^微.信^v❤^V❤️^V心^V信^v信^wei信^"
    "weixin^wx^vx^VX^Vx^WX^➕v^+v^+V^加v^加V^➕薇^加微^加薇^➕微^➕绿^加绿^绿泡泡^绿色软件^绿色聊天软件^"
    "小绿书聊^绿信^加卫星^喂信^溦信^嶶信^薇芯^w信^wechat^WeChat^微xin^威❤^➕V信^加微信^➕vx^+wx^v.x^"
    "w.x^微我^v我^V我^薇我^🛰️^卫❤^微号^微x^➕VX^家薇^+🛰️^佳薇^ⓥ^Ⓥ^ⅴ信^vx号^微訊^微伩^加我V^V号^💚^薇^"
    "微^v^V^微 信^v 信^w x^V x^薇 ❤^we chat"
)
Q = parts(
    "QQ^qq^Qq^Q^q号^Q号^扣扣^抠抠^叩叩^口口^企鹅^企鹅号^🐧^🐧号^球球^秋秋^q我^Q我^➕q^+Q^加q^加Q^➕扣^"
    "加扣扣^加qq^➕QQ^扣我^扣号^qq号^蔻蔻^寇寇^ⓠⓠ^ＱＱ^加企鹅^➕🐧^球球号^q^q q^扣 扣^Q-Q"
)
GROUPS = parts("群号^QQ群^q群^Q群^扣群^企鹅群^裙^裙号^交流群^加群^进群^群^qq裙^🐧群^君羊^+裙^粉丝群^扣扣群")
LINKS = parts("^:^：^ ^号^号：^是^：^ : ^→^👉^➡️^=^丨^~^，^👇^ID:^是：^  ")
TAILS = ["", "", "", "，备注来意", "备注一下", "～", "[害羞R]", "（长期有效）", "就行", " 拉你", "。", "！", "❤️", "哦"]
TAILS += ["\n欢迎来问", " 随时", "[doge]"]
CALLS = parts(
    "电话^电话：^联系电话：^手机^手机号：^有需要打^📞^☎️^☎️：^📱^打我电话^可以打^联系^联系我^tel:^Tel^"
    "微信同号^微信同号：^vx同号^v同步^咨询^热线^致电^call我^滴滴我^联系方式：^短信^加我^号码^号码是^"
    "私我^手机微信同号^☎^dd我"
)
BARE = ["，", " ", "。", "\n", "！"]
MAILS = parts("邮箱^邮箱：^发我邮箱^邮件^📧^✉️ ^email:^Email ^e-mail：^简历发^mail ^油箱：^^📮")
AT = parts("@^艾特^爱特^ at ^(at)^[at]^#^ @ ^圈a^＠^（at）^【at】^AT^@^@^@")
DOT = parts(".^点^ 点 ^。^ dot ^(dot)^ . ^[点]^．^丶^.^.")
