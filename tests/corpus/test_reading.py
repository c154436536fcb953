"""Files of every supported format become lines; what cannot be read is told in one sentence."""

import re
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from navigator.corpus.reading import read_bytes, read_file
from navigator.corpus.segment import segment_file, segment_text
from navigator.corpus.wordfile import printed_number
from navigator.errors import InputError
from tests.corpus.makers import add_item, add_list, docx_of, pdf_of, saved, set_in_lines, written

PLAN_PAGE = Path(__file__).parent / "files" / "plan_page.txt"
PARAGRAPHS = [
    "荆门市支持企业发展的若干措施",
    "一、总体要求",
    "坚持问题导向，聚焦企业反映强烈的难点堵点，力争3个月内办结率达到100%，推广“信易贷”产品。",
    "二、主要任务",
    "（一）降低融资成本。引导银行业金融机构加大利率结构性调整力度，在坚持精测算可负担的前提下，实施差异化利率定价策略。",
    "1.全面推广新型政银担。做大做优规模。",
    "2.2024年展位费按最高不超过70%予以支持。",
    "3.100%线上办理。",
    "（二）强化服务。",
]


def lines_of(content: bytes | str, name: str) -> list[str]:
    return list(read_bytes(content if isinstance(content, bytes) else content.encode(), name).lines)


def plan_paragraphs() -> list[str]:
    lines = [line.strip() for line in PLAN_PAGE.read_text(encoding="utf-8").split("\n") if line.strip()]
    return lines[1 : next(place for place, line in enumerate(lines) if line.startswith("征求意见时间"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["一、总则\n甲。\n", "\n".join(PARAGRAPHS)], ids=["tiny", "usual"])
def test_text_is_read_in_every_usual_encoding(encoding, text):
    assert lines_of(text.encode(encoding), "文件.txt") == text.split("\n")[: len(text.strip().split("\n"))]


def test_a_damaged_gbk_text_is_still_read():
    data = ("一、总则，各县市区要高度重视。\n" * 40).encode("gbk") + b"\xff"
    assert lines_of(data, "文件.txt")[0] == "一、总则，各县市区要高度重视。"


def test_a_text_broken_at_a_fixed_width_is_put_together():
    text = "\n".join(set_in_lines(PARAGRAPHS[1:] * 3, width=20, ascii_width=0.5))
    assert lines_of(text, "文件.txt") == PARAGRAPHS[1:] * 3


def test_a_text_with_one_paragraph_a_line_is_left_as_it_is():
    assert lines_of("\n".join(PARAGRAPHS), "文件.txt") == PARAGRAPHS


def test_markdown_loses_its_marks_and_nothing_else():
    text = """---
title: 某某方案
issuer: 某某局
---
# 某某方案

## 一、**总体**要求 ##

1\\. 开通 *****热线，5*3 有效。

- （一）**降低成本**
> 引用[链接](https://example.org/a)

| 序号 | 单位 |
|---|---|
| 1 | 发改委 |

<!-- 备注 -->
---
"""
    reading = read_bytes(text.encode(), "方案.md")
    assert reading.title == "某某方案"
    assert reading.metadata == {"title": "某某方案", "issuer": "某某局"}
    assert list(reading.lines) == [
        "某某方案",
        "一、总体要求",
        "1. 开通 *****热线，5*3 有效。",
        "（一）降低成本",
        "引用链接",
        "序号　单位",
        "1　发改委",
    ]


def test_front_matter_that_is_no_yaml_is_named_with_its_line():
    with pytest.raises(InputError, match="方案.md:3"):
        read_bytes("---\ntitle: 甲\ntitle: 乙\n---\n正文".encode(), "方案.md")


def html_page(body: str, charset: str = "utf-8", title: str = "荆门市支持企业发展的若干措施") -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}_荆门市人民政府</title>
<style>p {{color: red}}</style><script>var a = "一、脚本";</script></head><body>
<div class="head"><ul><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li><li><a>走进荆门</a></li></ul></div>
<div class="crumb">当前位置：<a>首页</a> &gt; <a>政策文件</a></div>
{body}
<div class="share">分享到：<a>微信</a><a>微博</a></div><div>【<a>打印</a>】【<a>关闭</a>】</div>
<div class="rel"><h3>相关阅读</h3><ul><li><a>一图读懂</a></li><li><a>1.政策解读</a></li></ul></div>
<div class="foot"><p>主办单位：荆门市人民政府办公室</p><p>鄂ICP备05003372号　网站标识码：4208000001</p></div>
</body></html>"""


LAYOUTS = {
    "paragraphs": lambda ps: (
        f"<h1>{ps[0]}</h1><div class='TRS_Editor'>" + "".join(f"<p>　　{p}</p>" for p in ps[1:]) + "</div>"
    ),
    "breaks in a layout table": lambda ps: (
        f"<table><tr><td align=center><b>{ps[0]}</b></td></tr><tr><td>"
        + "<br>".join(f"&nbsp;&nbsp;&nbsp;&nbsp;{p}" for p in ps[1:])
        + "</td></tr></table>"
    ),
    "spans of a word processor": lambda ps: "".join(
        f"<p class=MsoNormal><span><span>{p[:3]}</span></span><span>{p[3:]}</span></p>" for p in ps
    ),
    "bare divs": lambda ps: "".join(f"<div>{p}</div>" for p in ps),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("charset", ["utf-8", "gb2312"])
def test_a_web_page_gives_the_clauses_of_its_text(layout, charset, tmp_path):
    page = html_page(LAYOUTS[layout](PARAGRAPHS), charset)
    path = written(tmp_path, "页面.html", page.encode("gbk" if charset == "gb2312" else charset))
    document, expected = segment_file(path), segment_text("\n".join(PARAGRAPHS))
    assert document.title == PARAGRAPHS[0]
    assert document.clauses == expected.clauses


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_whole_plan_comes_through_a_web_page(layout, tmp_path):
    paragraphs = plan_paragraphs()
    page = html_page(LAYOUTS[layout](paragraphs), "gbk", paragraphs[0]).encode("gb18030")
    assert segment_file(written(tmp_path, "方案.htm", page)).clauses == segment_file(PLAN_PAGE).clauses


def test_tables_and_ordered_lists_of_a_web_page_keep_their_order_and_numbers():
    body = """<h1>某某措施</h1><h2>一、支持对象</h2><ol><li>在荆门注册的中小企业。</li><li>2024年前成立的个体工商户。</li></ol>
<h2>二、分工</h2><table><tr><th>序号</th><th>任务</th></tr><tr><td>1</td><td><p>电价</p></td></tr></table>
<h2>三、期限</h2><p style="display:none">四、隐藏</p><p>三年。</p>"""
    clauses = segment_text("\n".join(lines_of(html_page(body, title="某某措施"), "页面.html"))).clauses
    assert [(clause.id, clause.heading, clause.text) for clause in clauses] == [
        ("一", "支持对象", ""),
        ("一/1", "在荆门注册的中小企业", ""),
        ("一/2", "2024年前成立的个体工商户", ""),
        ("二", "分工", "序号　任务\n1　电价"),
        ("三", "期限", "三年。"),
    ]


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>某某通知_荆门市人民政府</title>", "<h1>荆门市人民政府</h1>", "某某通知"),
        ("<title>荆门市人民政府</title>", "<p>关于某事的公告</p>", "关于某事的公告"),
        ("<title>荆门出台十条措施稳经济 - 荆门新闻网</title>", "", "荆门出台十条措施稳经济"),
    ],
)
def test_the_title_of_a_web_page_is_the_text_s_and_not_the_site_s(head, body, title, tmp_path):
    page = f"<html><head>{head}</head><body>{body}<p>一、甲。</p><p>二、乙。</p></body></html>"
    assert segment_file(written(tmp_path, "页面.html", page)).title == title


def test_text_around_comments_and_in_deeply_nested_fonts_is_read():
    page = f"<html><body><p>一、甲<!-- 注 -->乙</p>{'<font>' * 600}<p>二、丙</p></body></html>"
    assert lines_of(page, "页面.html") == ["一、甲乙", "二、丙"]


def test_a_word_file_gives_paragraphs_and_tables_in_reading_order():
    document = Document()
    document.add_paragraph("一、分工")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip([*table.rows[0].cells, *table.rows[1].cells], ["序号", "单位", "1", "发改委"], strict=True):
        cell.text = text
    document.add_paragraph("二、期限").add_run("\n三年。")
    assert lines_of(saved(document), "文件.docx") == ["一、分工", "序号　单位", "1　发改委", "二、期限", "三年。"]


def test_numbers_that_word_prints_by_itself_are_in_the_text():
    document = Document()
    outline = add_list(
        document,
        [
            ("chineseCounting", "%1、"),
            ("japaneseCounting", "（%2）"),
            ("decimal", "%3."),
            ("decimalEnclosedCircle", "%4"),
        ],
    )
    for text, level in [
        ("总则", 0),
        ("目标", 1),
        ("5万元以下", 2),
        ("甲", 3),
        ("乙", 3),
        ("原则", 1),
        ("丙", 2),
        ("附则", 0),
    ]:
        add_item(document, text, outline, level)
    lines = lines_of(saved(document), "文件.docx")
    assert lines == ["一、 总则", "（一） 目标", "1. 5万元以下", "① 甲", "② 乙", "（二） 原则", "1. 丙", "二、 附则"]
    ids = [clause.id for clause in segment_text("\n".join(lines)).clauses]
    assert ids == ["一", "一/一", "一/一/1", "一/一/1/①", "一/一/1/②", "一/二", "一/二/1", "二"]


def test_a_word_list_that_never_restarts_counts_on_across_sections():
    document = Document()
    levels = [("chineseCountingThousand", "（%1）"), ("decimal", "%2.")]
    outline = add_list(document, levels, {1: '<w:lvlRestart w:val="0"/>'})
    for text, level in [("甲", 0), ("乙", 1), ("丙", 1), ("丁", 0), ("戊", 1)]:
        add_item(document, text, outline, level)
    assert lines_of(saved(document), "文件.docx") == ["（一） 甲", "1. 乙", "2. 丙", "（二） 丁", "3. 戊"]


def test_articles_numbered_through_a_word_style_are_counted():
    document = Document()
    articles = add_list(document, [("chineseCountingThousand", "第%1条")])
    style = document.styles["Heading 1"].element.get_or_add_pPr()
    style.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="{articles}"/></w:numPr>'))
    for number in range(1, 13):
        document.add_paragraph(f"内容{number}。", style="Heading 1")
    lines = lines_of(saved(document), "文件.docx")
    assert (lines[0], lines[10], lines[11]) == ("第一条 内容1。", "第十一条 内容11。", "第十二条 内容12。")


def test_bullets_deleted_text_and_text_boxes_print_no_number():
    document = Document()
    bullets = add_list(document, [("bullet", "")])
    add_item(document, "甲", bullets)
    paragraph = document.add_paragraph("乙")
    paragraph._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>丙</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>丁</w:t></w:r></w:ins>"))
    assert lines_of(saved(document), "文件.docx") == ["甲", "乙丁"]


@pytest.mark.parametrize(
    ("value", "form", "printed"),
    [
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (105, "chineseCountingThousand", "一百零五"),
        (110, "japaneseCounting", "一百一十"),
        (1010, "chineseCountingThousand", "一千零一十"),
        (2, "chineseLegalSimplified", "贰"),
        (3, "ideographTraditional", "丙"),
        (11, "decimalEnclosedCircleChinese", "⑪"),
        (21, "decimalEnclosedCircle", "21"),
        (14, "upperRoman", "XIV"),
        (3, "lowerLetter", "c"),
        (7, "decimalZero", "07"),
        (5, "somethingElse", "5"),
    ],
)
def test_word_numbers_are_printed_in_its_formats(value, form, printed):
    assert printed_number(value, form) == printed


def pages_of(paragraphs: list[str], head: str | None = None, rows: int = 20, width: int = 28) -> bytes:
    """A PDF as an office sets it: indented, broken lines, a running head and page numbers."""
    lines = set_in_lines(paragraphs, width)
    pages = []
    for number, start in enumerate(range(0, len(lines), rows), start=1):
        page = [(72.0, 740.0 - 28 * row, line) for row, line in enumerate(lines[start : start + rows])]
        pages.append([*([(72.0, 790.0, head)] if head else []), *page, (280.0, 60.0, f"— {number} —")])
    return pdf_of(pages)


def test_the_whole_plan_comes_through_a_pdf_with_broken_lines(tmp_path):
    path = written(tmp_path, "方案.pdf", pages_of(plan_paragraphs(), head="荆门市营商环境文件汇编"))
    document, expected = segment_file(path), segment_file(PLAN_PAGE)
    assert [clause.id for clause in document.clauses] == [clause.id for clause in expected.clauses]
    for read, printed in zip(document.clauses, expected.clauses, strict=True):
        assert re.sub(r"\s", "", read.heading + read.text) == re.sub(r"\s", "", printed.heading + printed.text)
    assert "文件汇编" not in "".join(clause.text for clause in document.clauses)


def test_a_signature_set_right_is_not_joined_to_the_last_paragraph():
    lines = [(72.0, 700.0 - 28 * row, line) for row, line in enumerate(set_in_lines(["一、甲" + "乙" * 60 + "。"]))]
    page = [
        *lines,
        (392.0, 560.0, "荆门市人民政府"),
        (392.0, 532.0, "2024年3月7日"),
        (72.0, 500.0, "抄送：市委办公室。"),
    ]
    assert lines_of(pdf_of([page]), "文件.pdf")[1:] == ["荆门市人民政府", "2024年3月7日", "抄送：市委办公室。"]


def test_rows_of_a_table_in_a_pdf_stay_apart():
    page = [
        (72.0, 700.0, "一、分工"),
        (72.0, 670.0, "序号"),
        (300.0, 670.0, "单位"),
        (72.0, 640.0, "1"),
        (300.0, 640.0, "发改委"),
    ]
    assert lines_of(pdf_of([page]), "文件.pdf") == ["一、分工", "序号　单位", "1　发改委"]


def test_a_line_set_wide_in_a_pdf_gets_no_spaces():
    page = [(72.0 + 26 * place, 700.0, character) for place, character in enumerate("一、开展线上线下对接")]
    assert lines_of(pdf_of([page]), "文件.pdf") == ["一、开展线上线下对接"]


ENCRYPTED = pdf_of([[(72.0, 700.0, "一、甲")]]).replace(
    b"/Root 1 0 R",
    b"/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<" + b"11" * 32 + b">/U<" + b"22" * 32 + b">>>",
)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("空.txt", b"", "文件是空的"),
        ("空.txt", b"\xef\xbb\xbf \r\n", "文件是空的"),
        ("空.docx", docx_of(["", " "]), "文件里没有文字"),
        ("空.html", b"<html><body><script>1</script></body></html>", "文件里没有文字"),
        ("空.html", b"<!-- a -->", "文件里没有文字"),
        ("方案.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "旧格式的文档(.doc)"),
        ("方案.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为 .docx"),
        ("表.xlsx", b"PK\x03\x04", "不支持 .xlsx 格式"),
        ("没有", b"a", "没有扩展名"),
        ("扫描.pdf", pdf_of([[], []]), "像是扫描件"),
        ("加密.pdf", ENCRYPTED, "加了密码"),
        ("坏.pdf", b"%PDF-1.7\n" + bytes(range(256)), "已损坏"),
        ("假.pdf", "一、甲".encode(), "内容不是 PDF"),
        ("假.docx", pdf_of([[(72.0, 700.0, "甲")]]), "内容其实是PDF"),
        ("假.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "加了密码的 Office 文件"),
        ("假.docx", "一、甲".encode(), "不是完好的 Word 文档"),
        ("假.docx", b"PK\x03\x04word/" + bytes(100), "不是完好的 Word 文档"),
        ("假.txt", docx_of(["甲"]), "内容其实是 Word 文档"),
        ("假.txt", b"<!DOCTYPE html><html></html>", "内容其实是网页"),
        ("假.md", b"PK\x03\x04xl/workbook.xml", "Excel 表格"),
        ("图.txt", b"\x89PNG\r\n\x1a\n" + bytes(100), "内容其实是图片"),
        ("乱.txt", bytes(range(256)) * 40, "不是文字"),
        ("乱.html", bytes((i * 7919 + i // 256) % 256 for i in range(5000)), "不是文字"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(name, content, found):
    with pytest.raises(InputError) as error:
        read_bytes(content, name)
    assert error.value.place == name
    assert found in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(InputError, match="没有这个文件"):
        read_file(tmp_path / "没有.txt")
    with pytest.raises(InputError, match="这是文件夹"):
        read_file(tmp_path)
    (tmp_path / "目录.txt").mkdir()
    with pytest.raises(InputError, match="这是文件夹"):
        read_file(tmp_path / "目录.txt")


def test_a_file_without_a_title_is_called_by_its_name(tmp_path):
    assert segment_file(written(tmp_path, "某某细则.txt", "一、甲")).title == "某某细则"
