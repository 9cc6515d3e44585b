"""What each code of a gathering problem means to a person, and what they do next."""

from __future__ import annotations

from yinliu.foreign import in_chinese
from yinliu.language import Text

_WHAT: dict[str, tuple[str, str, str, str]] = {
    "address_not_allowed": (
        "网址指向本机或内网地址", "确属自家站点时在 sources.yaml 里为该来源写 allow_private: true",
        "the address is private or loopback", "if it is yours, set allow_private: true for the source in sources.yaml"),
    "auth_expired": ("需要登录或登录已失效", "更新该来源的登录凭据", "a login is needed or has expired", "renew its credentials"),
    "bad_http": ("对方返回了异常响应", "用浏览器打开该网址看看", "an unexpected HTTP answer", "open the address in a browser"),
    "bad_record": ("落地文件中有无法读取的行", "该行已隔离；重新采集该来源即可补回", "an unreadable line in a landing file", "it is kept; crawl the source again"),
    "bad_timestamp": ("时间缺失或不可信", "内容已照常入库，仅时间留空", "a time is missing or not believable", "stored all the same, without a time"),
    "blocked_by_site": ("对方拒绝访问", "与站点管理员确认是否允许采集，不会自动重试", "the site refuses us", "ask its administrator; it is not retried"),
    "body_too_large": ("页面超过体积上限", "确有需要时调大该来源的 max_body_mib", "the body is over the limit", "raise max_body_mib of the source if it is needed"),
    "browser_missing": ("没有可用的 Chromium 浏览器", "运行 yinliu doctor 查看安装方法", "there is no Chromium", "`yinliu doctor` says how to install one"),
    "charset_mismatch": ("页面声明的编码与实际不符", "已按实际编码读取，无需处理", "the declared charset is wrong", "read by its real one; nothing to do"),
    "crawl_budget_exhausted": ("请求额度已用完，未采完", "无需处理，下次采集会自动接着采；想更快可调大 max_requests、daily_requests 或 max_posts", "the request budget is spent before the end", "nothing: the next crawl goes on; raise max_requests, daily_requests or max_posts to be faster"),
    "decompressed_too_large": ("解压后超过体积上限", "很可能是压缩炸弹，请检查该网址", "too large when decompressed", "probably a bomb: check the address"),
    "empty_body": ("页面为空", "用浏览器打开该网址看看", "the page is empty", "open the address in a browser"),
    "invalid_text": ("文字里有无法识别的字符", "已去掉后入库", "some characters are invalid", "stored without them"),
    "item_incomplete": ("缺少必要内容（如标题、正文、编号）", "按括号里的说明核对：网页看选择器，接口看字段，文件看那一行", "something needed is missing", "check what is named: a selector of the page, a field of the API, a line of the file"),
    "not_feed": ("内容不是 RSS、Atom 或 JSON Feed", "检查 url 是否为 feed 地址", "it is no feed", "check that url is the feed's address"),
    "not_found": ("页面不存在（404）", "检查网址；已删除的文章可以忽略", "the page does not exist (404)", "check the address; a deleted post can be ignored"),
    "not_html": ("不是网页", "检查链接选择器是否选中了附件或其他链接", "it is no web page", "check that the link selector finds web pages only"),
    "not_json": ("应返回 JSON，却返回了别的内容", "检查 url（WordPress 填首页）、path 与 items，以及接口是否开放", "JSON was promised and something else came", "check url (WordPress: the home page), path and items, and that the API is open"),
    "rate_limited": ("对方要求放慢（429）", "稍后再运行；可调大 delay_seconds", "the site asks us to slow down (429)", "run later; raise delay_seconds"),
    "redirect_forbidden": ("被重定向到不允许的地址", "检查该网址最终去向", "redirected to where we may not go", "check where the address leads"),
    "redirect_loop": ("页面重定向到自己", "请站点管理员修复", "the page redirects to itself", "ask the site's administrator"),
    "response_too_slow": ("对方响应太慢", "稍后再运行；可调大 timeout_seconds", "the answer takes too long", "run later; raise timeout_seconds"),
    "robots_disallowed": ("robots.txt 不允许访问", "请站点管理员在 robots.txt 中放行", "robots.txt forbids it", "ask the site's administrator to allow it"),
    "server_error": ("对方服务器出错（5xx）", "稍后再运行", "the site's server fails (5xx)", "run again later"),
    "site_unreachable": ("连不上站点", "检查网址与网络，稍后再运行", "the site cannot be reached", "check address and network, run again later"),
    "too_many_redirects": ("重定向次数过多", "检查该网址", "too many redirects", "check the address"),
    "truncated": ("响应中途断开", "稍后再运行", "the answer was cut off", "run again later"),
    "unreadable": ("页面结构出乎意料，解析失败", "请把该网址反馈给开发者", "a page that our parser cannot read", "tell the developers its address"),
    "walk_cut_short": ("没读到上次的位置就停了，中间可能漏掉文章；或网址多到记不全", "调大 list.max_pages，或用 match 缩小范围", "the walk ended before known ground, or there are too many addresses to remember", "raise list.max_pages, or narrow match"),
    "xml_entities_refused": ("feed 中声明了实体，可能是攻击", "请站点管理员移除实体声明", "the feed declares entities, maybe an attack", "ask the site's administrator to remove them"),
    "api_refused": ("接口返回了错误信息", "按接口给出的原因处理，常见为密钥、权限或参数不对", "the API answered with an error", "act on its reason: usually the key, a permission or a parameter"),
    "data_not_ready": ("平台的数据还没算好（一般每天 08:00 后可取）", "无需处理，下次采集会自动补上", "the platform has not computed the data yet (usually ready after 08:00)", "nothing: the next crawl fetches it"),
    "file_not_recognised": ("认不出这个文件是哪种导出", "为该来源指定 preset，或在 columns 里写明各列", "it is not known which export this file is", "set preset for the source, or name its columns under columns"),
    "file_not_used": ("文件或工作表里没有可入库的内容", "无需处理；若应有内容，请核对导出是否完整", "a file or sheet gives nothing to store", "nothing; if it should, check that the export is complete"),
    "file_unreadable": ("文件或目录打不开（不存在、损坏、加密或格式不对）", "核对路径；导出文件损坏时请从后台重新导出", "a file or folder cannot be read (missing, broken, encrypted, another format)", "check the path; export a broken file again"),
    "foreign_address": ("sitemap 里列了其他网站的地址，未采集", "若是自家站点，请另建一个来源；否则可忽略", "the sitemap lists addresses of other sites", "if they are yours, make a source for them; otherwise ignore it"),
    "identity_conflict": ("同一编号的评论换了文章或换了作者", "已保留先前的记录；请核对平台数据或该来源的 author_id 配置", "a comment's id came again under another post or author", "the first record is kept; check the platform, or author_id of the source"),
    "ip_not_allowed": ("本机出口 IP 不在平台白名单内", "把提示中的 IP 加入公众平台的 IP 白名单", "this machine's address is not on the platform's list", "add the address told to the platform's IP list"),
    "list_too_long": ("列表超过配置的页数上限，后面的没有采", "调大 max_pages 或 paging.most", "the list is longer than the configured limit", "raise max_pages or paging.most"),
    "metric_regressed": ("计数比上次少了", "已照实入库并标记；平台清理刷量时属正常，持续下降请核对", "a counter fell", "kept and flagged; platforms remove fake counts, check it if it goes on"),
    "not_sitemap": ("内容不是 sitemap", "检查 sitemap 地址", "it is no sitemap", "check the sitemap's address"),
    "nothing_read": ("一条内容也没读出来", "用 yinliu problems 看每一条的原因，核对该来源的字段、选择器或预设", "nothing at all could be read", "`yinliu problems` tells why; check the fields, selectors or preset of the source"),
    "permission_missing": ("账号没有这个接口的权限", "在平台后台开通该权限，或在来源里关闭这一项", "the account may not use this API", "enable it in the platform's console, or switch it off for the source"),
    "quota_exhausted": ("平台接口今日额度已用完", "额度在次日 00:00（北京时间）恢复，届时自动继续", "the platform's quota for today is used up", "it is renewed at 00:00 (Asia/Shanghai) and the crawl goes on"),
    "robots_unavailable": ("robots.txt 暂时取不到，按规范先不采集", "稍后再运行；若一直如此请站点管理员修复", "robots.txt cannot be had for now, so nothing is asked (RFC 9309)", "run later; if it stays so, ask the site's administrator"),
    "rsshub_failed": ("RSSHub 暂时取不到该路由的内容", "稍后再运行；反复出现时换一个实例或自建实例", "RSSHub cannot make this feed now", "run later; if it repeats, use another instance or your own"),
    "rsshub_refused": ("RSSHub 实例拒绝了该路由", "按明细核对 route；实例需要密钥时填 key，需要登录信息时在实例上配置", "the RSSHub instance refuses the route", "check route by the detail; give key, or configure the instance"),
    "secret_missing": ("没有提供所需的密钥", "设置提示中的环境变量（YINLIU_…）", "a secret is missing", "set the environment variable that is named (YINLIU_…)"),
    "crawl_failed": ("采集进程意外退出", "再运行一次；若反复出现请查看日志", "the crawl process died", "run again; if it repeats, read the log"),
}  # fmt: skip


def what(code: str) -> Text:
    """What a code means."""
    zh, _, en, _ = _WHAT.get(code, (code, "", code, ""))
    return Text(zh, en)


def next_step(code: str) -> Text:
    """What to do about a code."""
    _, zh, _, en = _WHAT.get(code, ("", "查看日志", "", "read the log"))
    return Text(zh, en)


def describe(*, source: str, code: str, place: str, detail: str) -> Text:
    """A problem in one sentence: the source, what happened, where, the value against its limit, and the next step."""
    meaning, remedy = what(code), next_step(code)
    return Text(
        f"来源 {source}：{meaning.zh}。{place}（{in_chinese(detail)}）下一步：{remedy.zh}。[{code}]",
        f"source {source}: {meaning.en}: {place} ({detail}). Next: {remedy.en}. [{code}]",
    )


def known_codes() -> set[str]:
    """Every code that is explained."""
    return set(_WHAT)
