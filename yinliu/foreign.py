"""What YAML, Python, the system and the network say in English, in Chinese; what is not known stays as it was said."""

from __future__ import annotations

import re

_LONGEST = 2_000
"""Characters of a message that are read."""

_YAML: tuple[tuple[str, str], ...] = (
    (r"found character '\\t' that cannot start any token", "缩进用了制表符，请改用空格"),
    (r"found character ['\"](.)['\"] that cannot start any token", r"值不能以 \1 开头，请给它加上引号"),
    (r"expected ',' or '(.)', but got '<stream end>'", r"缺少结尾的 \1"),
    (r"expected ',' or '(.)', but got .{1,40}", r"缺少逗号或结尾的 \1"),
    (r"found unexpected end of stream", "引号没有成对"),
    (r"mapping values are not allowed here", "这里不能有冒号：检查缩进，含冒号的文字请加引号"),
    (r"could not find expected ':'", "缺少英文冒号（: 后面要空一格；中文冒号“：”不行）"),
    (r"expected <block end>, but found .{1,40}", "缩进与上文不一致，或上一行没有写完"),
    (r"expected the node content, but found .{1,40}", "这里缺少值，或多了括号"),
    (r"expected <document start>, but found .{1,40}", "这里多了内容，检查上一行的缩进和括号"),
    (r"expected chomping or indentation indicators, but found .{1,40}", "| 或 > 后面要换行，再写文字"),
    (r"found undefined alias '?(.{1,60}?)'?$", r"没有 &\1 可供 *\1 引用；以 * 开头的文字请加引号"),
    (r"found duplicate key \"(.{1,60}?)\" with value .{0,2000}", r"\1 写了两次，请只留一处"),
    (r"found unknown escape character '(.)'", r"双引号里不能写 \\\1，请改用单引号"),
    (r"but found another document", "--- 之后又是一份配置，请删去"),
    (r"unacceptable character (#x[0-9a-f]+): special characters are not allowed", r"含有控制字符 \1，请删去"),
    (r"(?:month must be in 1\.\.12|day is out of range for month|day .{1,40}must be in range .*)", "没有这一天"),
    (r"(?:hour|minute|second) must be in .{1,20}", "没有这个时刻"),
    (r"invalid literal for int\(\) with base \d+: (.{1,60})", r"\1 不是整数"),
    (r"could not convert string to float: (.{1,60})", r"\1 不是数字"),
    (r"maximum recursion depth exceeded.{0,60}", "括号套得太深"),
)
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"unterminated character set", "方括号没有成对"),
    (r"missing \), unterminated subpattern", "缺少右括号"),
    (r"unbalanced parenthesis", "多了右括号"),
    (r"nothing to repeat", "* + ? 前面没有内容"),
    (r"multiple repeat", "重复符号连用了"),
    (r"bad escape (\\.)", r"不认识 \1"),
    (r"bad character range (\S{1,9})", r"范围 \1 前后颠倒"),
    (r"min repeat greater than max repeat", "重复次数前后颠倒"),
    (r"look-behind requires fixed-width pattern", "(?<=…) 里的长度要固定"),
    (r"unknown extension (\S{1,9})", r"不认识 \1"),
    (r" at position (\d+)", r"（第 \1 个字符之后）"),
)
_SYSTEM: tuple[tuple[str, str], ...] = (
    (r"No such file or directory", "没有这个文件或目录"),
    (r"Permission denied", "没有权限"),
    (r"Is a directory", "是目录，不是文件"),
    (r"Not a directory", "是文件，不是目录"),
    (r"File exists", "已经存在"),
    (r"Read-only file system", "文件系统只读"),
    (r"No space left on device", "磁盘已满"),
    (r"File name too long", "文件名太长"),
    (r"Address already in use", "端口已被占用"),
)
_NETWORK: tuple[tuple[str, str], ...] = (
    (r"\w{0,60}: Connection was refused by other side(?:: \d+: Connection refused)?\.?", "对方拒绝连接"),
    (r"\w{0,60}: DNS lookup failed: no results for hostname lookup: (\S{1,200}?)\.?(?=\s|$)", r"域名 \1 解析不了"),
    (r"(?:\w{0,60}: )?DNS lookup failed.{0,200}", "域名解析不了"),
    (r"\w{0,60}: .{0,300}took longer than ([\d.]+?)(?:\.0)? seconds\.{0,2}", r"超过 \1 秒没有响应"),
    (r"\w{0,60}: User timeout caused connection failure.{0,300}", "超时没有响应"),
    (r"\w{0,60}: An error occurred while connecting.{0,300}", "连接时出错"),
    (r"\w{0,60}: TCP connection timed out.{0,60}", "连接超时"),
    (r"\w{0,60}: No route to host.{0,60}", "网络不通"),
    (r"\w{0,60}: Connection to the other side was lost in a non-clean fashion.{0,100}", "连接中途断开"),
    (r"\brobots\.txt: ", "robots.txt："),
)
_ALL = tuple((re.compile(pattern), zh) for ways in (_YAML, _PATTERNS, _SYSTEM, _NETWORK) for pattern, zh in ways)


def in_chinese(message: str | None) -> str:
    """A library's message in Chinese; what is not known in it stays."""
    told = (message or "")[:_LONGEST]
    for pattern, zh in _ALL:
        told = pattern.sub(zh, told)
    return told
