"""policy_corpus/vocabulary: lexicon.yaml says what people mean in words of the corpus; words.txt holds words for jieba."""

import unicodedata
from collections import Counter

import jieba
import pytest
import yaml

from navigator.retrieval.lexicon import Lexicon, LexiconEntry
from navigator.settings import settings

VOCABULARY = settings().corpus / "vocabulary"
LEXICON = VOCABULARY / "lexicon.yaml"
WORDS = VOCABULARY / "words.txt"
TAGS = {"n", "ns", "nt", "nz", "v"}
TRIGGER_LENGTHS = range(2, 7)
LEAST_SHARE = 0.75

# Official words of measures that are not in the corpus yet. A term that stands neither here nor in the corpus is a slip.
AWAITED = """
    一业一证 一次性创业补贴 一次性奖励 三零 上市辅导 不裁员 专利收费减缴 专用设备 专用设备投资抵免
    两免三减半 个体工商户转企业 个转企 中试平台 以工代训补贴 价格扣除 企业投入基础研究 企校联合
    企校联合创新中心 众创空间 低压用电 低压用电报装 借款合同免印花税 先租后让 免征增值税 免费刻章
    公平竞争审查举报 公益性岗位补贴 养老再贷款 养老托育 再担创业贷 农业生产资料 农产品初加工
    农产品批发市场 农村资产信用价值 农贸市场 准营告知承诺 出口货物 出口退税企业 出口退运商品 创业扶持
    创投企业 创新型城市 初创科技型企业 初创组织 利润再投资 制造业创新中心 制造业单项冠军 加计抵减
    即征即退 原产地声明 后补助 告知承诺 商业价值信用贷款 园区贷 土地价款 场地租金补贴 基础研究
    境外投资者 大型仪器 大宗商品仓储 大宗商品仓储用地 孵化器 孵化平台 家庭农场 就业困难人员 就业见习
    工业企业营收 工业技术改造补助 工业用地 工业用地长期租赁 工业软件 工程师 应急转贷 建研发机构
    弹性年期出让 战略人才 技术创新专项贷 技术合同 技术开发 技术改造再贷款 技术转让 技术转让所得 技能提升
    技能提升补贴 推荐清单 提高容积率 揭榜挂帅 支农支小再贷款 支小再贷款 改制重组 改制重组免征契税
    数字化转型 文化事业建设费 新型学徒制 智能化 智能化改造 智能化项目 智能工厂 智能工厂梯度培育
    期末留抵退税 机器换人 标准地 核定征收 款项支付 歇业 残疾员工 民营中小微企业 民营企业再贷款 污染防治
    污染防治的第三方 消费品以旧换新 湖北老字号 激励企业研发 物流企业 环境保护税 环境保护税减征 用水用气
    用水用气报装 用电报装 电子印章 电子营业执照 省级工业称号 知识价值信用贷款 碳减排支持工具 离境即退税
    离岸创新中心 种子种苗 科创新物种 科技创新专项担保 科技创新券 科技创新类贷款 税务首违不罚 稳岗扩岗
    稳岗扩岗专项贷款 等上家付款 简易注销 综试区 绿色工厂 绿色工厂梯度培育 缓缴 老字号 老旧营运货车
    职业技能培训 职业证书 能源低碳 自产农产品 节能改造 节能节水 荆楚科创城 营商环境行动方案 营收上台阶
    营运货车 融资协调工作机制 行政检查 见习补贴 质押贷款 资源综合利用 超长期特别国债 车辆购置税
    车辆购置税减半 软件产品 软件产品增值税 轻微免罚 返乡人员 进口环节 退役士兵 重大技术装备 重点小巨人
    预留份额 领军人才 饲料 首违不罚 高层次创新团队 高级工
"""

# Ordinary phrases that merely hold the characters of a tempting short trigger (理发, 家政, 门面, 保人, 进项 ...).
HARMLESS = (
    "办理发票 国家政策 部门面对 申请人 多少人 使用电子 有关税收 引进项目 建立项目 推进规范 以上规定 中国高校 "
    "提高工作效率 海关门户 以下文件 需要告知 社会费用 收入会不会 参保人员 检查他们 执行不到位 参加计划 附加价值 "
    "发展期间 总裁人选 今年报名 每月报送 购买家电 以外方式 全国三类 科学法则 安装电脑 直接电话 沟通电话 交通水平 "
    "不认识 互联网 充电桩 汽车工业 科技工作 商务工作 无业务 各种地方 早点办好 网上市场 每天使用 集中试点 部分文件 "
    "联动工作 当地价格 保护工作 报废旧车 做主播 国家电网 登记者 本人手机 城市长期 听说和银行 主要地区 合作和解决 "
    "募集资金 固定金额 管理人员 怎么办 有没有 需要什么 在哪里 多少钱 什么时候 能不能"
)


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


@pytest.fixture(scope="module")
def entries() -> list[LexiconEntry]:
    return [LexiconEntry.model_validate(line) for line in yaml.safe_load(LEXICON.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
def corpus_text() -> str:
    folder = settings().corpus
    files = [*folder.glob("documents/*.md"), *folder.glob("measures/*.yaml")]
    files += [folder / "platforms.yaml", folder / "commitments.yaml"]
    return plain("\n".join(file.read_text(encoding="utf-8") for file in sorted(files)))


@pytest.fixture(scope="module")
def word_lines() -> list[list[str]]:
    return [line.split(" ") for line in WORDS.read_text(encoding="utf-8").splitlines()]


def test_the_lexicon_is_read_whole(entries):
    assert len(Lexicon.load(LEXICON)) == len(entries) >= 900


def test_no_trigger_stands_twice(entries):
    counts = Counter(plain(entry.say) for entry in entries)
    assert [say for say, count in counts.items() if count > 1] == []


def test_triggers_are_short_and_written_as_queries_are_compared(entries):
    assert [entry.say for entry in entries if len(entry.say) not in TRIGGER_LENGTHS] == []
    assert [entry.say for entry in entries if entry.say != plain(entry.say) or " " in entry.say] == []


def test_each_example_holds_its_trigger(entries):
    assert [(entry.say, entry.example) for entry in entries if entry.say not in plain(entry.example)] == []


def test_each_trigger_has_one_to_three_different_terms(entries):
    assert [entry.say for entry in entries if not 1 <= len(entry.means) <= 3] == []
    assert [entry.say for entry in entries if len(set(entry.means)) != len(entry.means)] == []


def test_every_example_is_expanded_by_its_own_trigger(entries):
    lexicon = Lexicon(entries)
    silent = [entry for entry in entries if entry.say not in {found.trigger for found in lexicon.expand(entry.example)}]
    assert [(entry.say, entry.example) for entry in silent] == []


def test_terms_are_words_of_the_corpus(entries, corpus_text):
    terms = {term for entry in entries for term in entry.means}
    missing = {term for term in terms if plain(term) not in corpus_text}
    assert sorted(missing - set(AWAITED.split())) == []
    assert len(missing) <= (1 - LEAST_SHARE) * len(terms), sorted(missing)


@pytest.mark.parametrize("phrase", HARMLESS.split())
def test_ordinary_phrases_are_not_expanded(entries, phrase):
    assert Lexicon(entries).expand(phrase) == ()


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("摆摊的能少交税吗", "个体工商户"),
        ("老赖欠我钱", "案件执行"),
        ("贷款到期还不上", "无还本续贷"),
        ("没裁人能退钱不", "稳岗返还"),
        ("变压器太大了", "两部制"),
        ("招商时说得好听", "承诺不兑现"),
        ("窗口说缺材料不收", "容缺受理"),
        ("隔三差五来人", "双随机"),
    ],
)
def test_everyday_questions_lead_to_official_words(entries, question, term):
    assert term in {expansion.term for expansion in Lexicon(entries).expand(question)}


def test_each_line_of_words_is_a_word_a_frequency_and_a_tag(word_lines):
    assert [line for line in word_lines if len(line) != 3 or line[0] != plain(line[0])] == []
    assert [line for line in word_lines if not line[1].isdigit() or int(line[1]) < 1 or line[2] not in TAGS] == []


def test_no_word_stands_twice_and_there_are_enough(word_lines):
    words = [line[0] for line in word_lines]
    assert len(words) == len(set(words)) >= 400


def test_jieba_keeps_each_word_whole(word_lines):
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    with WORDS.open("rb") as file:
        cutter.load_userdict(file)
    words = [line[0] for line in word_lines]
    assert [word for word in words if list(cutter.cut(word)) != [word]] == []
