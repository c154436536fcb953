"""Names of invented enterprises as their kinds are really called: place, a word of one's own, trade, form, and always （示例） at the end.

A name agrees with the region, the form and the trade it is drawn for. It stands for nobody: that a real enterprise is called alike is chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from navigator.corpus.regions import load_regions

MARK = "（示例）"

_PLACES: dict[str, tuple[str, ...]] = {
    "东宝区": ("荆门市东宝区", "荆门东宝"),
    "掇刀区": ("荆门市掇刀区", "荆门掇刀"),
    "钟祥市": ("钟祥市", "钟祥"),
    "京山市": ("京山市", "京山"),
    "沙洋县": ("沙洋县", "沙洋"),
    "屈家岭管理区": ("荆门市屈家岭管理区", "荆门屈家岭"),
    "漳河新区": ("荆门市漳河新区", "荆门漳河"),
    "荆门高新区": ("荆门高新区", "荆门市高新区"),
    "荆门市外": ("襄阳市", "襄阳"),
}
_FIRST = "鑫宏瑞盛嘉泰恒诚德华金众天楚荆汉聚博远万福源铭凯正兴润禾绿中佳锦顺鼎永昌昊森景"
_SECOND = "源达丰泰盛隆业和润通利信辉发祥腾宇晟创联顺安康茂峰成旺来美新元林悦博雅硕"
_FAMILIES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_WORDS = [first + second for first in _FIRST for second in _SECOND if first != second]
_NICKNAMES = [
    nickname.format(family) for family in _FAMILIES for nickname in ("老{}", "小{}", "{}记", "{}姐", "阿{}", "{}氏")
]

_COMPANIES: dict[str, tuple[str, ...]] = {
    "A01": ("农业开发", "生态农业", "种业"),
    "A03": ("畜牧养殖", "生态养殖", "牧业"),
    "B": ("矿业", "矿产品"),
    "C13": ("食品", "粮油", "米业", "油脂", "农产品加工"),
    "C17": ("纺织", "棉业"),
    "C26": ("化工", "新材料", "肥业", "涂料"),
    "C30": ("建材", "水泥制品", "石材", "玻璃制品"),
    "C34": ("机械", "机械制造", "阀门", "铸造"),
    "C35": ("装备制造", "农机", "模具", "环保设备"),
    "C36": ("汽车零部件", "汽配"),
    "C38": ("电气", "电缆", "新能源", "电器"),
    "C39": ("电子", "光电", "电子科技"),
    "C": ("制造", "实业"),
    "D": ("新能源", "热力"),
    "E47": ("建筑", "建筑工程"),
    "E48": ("市政工程", "路桥工程"),
    "E": ("装饰工程", "门窗安装", "装饰"),
    "F511": ("农资", "种苗", "粮食购销"),
    "F512": ("食品", "酒业", "副食"),
    "F513": ("服饰", "日用品"),
    "F514": ("文化用品",),
    "F515": ("医药", "医疗器械"),
    "F516": ("建材", "钢材", "物资"),
    "F517": ("机电", "五金机电"),
    "F518": ("贸易", "供应链"),
    "F519": ("再生资源", "物资回收"),
    "F51": ("商贸", "贸易", "物资"),
    "F521": ("超市", "百货", "生活超市"),
    "F522": ("食品", "粮油", "茶业"),
    "F523": ("服饰", "日化"),
    "F524": ("文化用品", "体育用品"),
    "F525": ("大药房", "医药"),
    "F526": ("汽车销售", "汽车贸易", "石油销售"),
    "F527": ("电器", "通讯", "电脑"),
    "F528": ("家居", "五金", "建材"),
    "F529": ("电子商务", "网络商贸"),
    "F": ("商贸", "电子商务", "百货"),
    "G54": ("运输", "物流", "货运"),
    "G": ("仓储", "仓储物流"),
    "H61": ("酒店", "酒店管理"),
    "H": ("餐饮", "餐饮管理"),
    "I64": ("网络科技", "信息"),
    "I": ("软件", "信息技术", "智能科技"),
    "K": ("房地产开发", "物业服务", "置业"),
    "L71": ("设备租赁", "汽车租赁"),
    "L": ("商务咨询", "企业管理", "人力资源", "广告传媒", "劳务服务"),
    "M74": ("检测", "工程咨询", "勘测设计"),
    "M": ("农业科技", "科技", "环保科技"),
    "N": ("生态环保", "环境工程"),
    "O80": ("家政服务", "健康服务"),
    "O": ("汽车维修", "电器维修", "清洁服务"),
    "P": ("教育咨询", "教育科技"),
    "Q": ("口腔门诊部", "医院管理", "康复医院"),
    "R88": ("文化传播", "文化艺术"),
    "R": ("娱乐", "休闲娱乐"),
    "": ("实业",),
}
_SHOPS: dict[str, tuple[str, ...]] = {
    "A": ("养殖场", "家庭农场"),
    "C13": ("豆制品坊", "粮油加工厂", "面条加工坊"),
    "C18": ("制衣店", "服装加工部"),
    "C": ("家具厂", "木器加工部"),
    "E": ("装饰部", "门窗安装部", "水电安装部"),
    "F511": ("粮食收购部", "农资经营部"),
    "F512": ("副食批发部", "酒水经营部"),
    "F516": ("建材经营部", "钢材经营部"),
    "F517": ("五金机电经营部", "农机经营部"),
    "F519": ("废品回收站",),
    "F51": ("批发部", "经营部"),
    "F521": ("便利店", "超市", "百货店"),
    "F522": ("水果店", "烟酒店", "副食店", "生鲜店"),
    "F523": ("服装店", "鞋店", "化妆品店", "童装店"),
    "F524": ("文具店", "书店", "体育用品店"),
    "F525": ("药店",),
    "F526": ("电动车店", "汽车用品店"),
    "F527": ("手机店", "家电店", "电脑店"),
    "F528": ("五金店", "灯饰店", "窗帘店"),
    "F529": ("网店", "水果摊"),
    "F": ("便利店", "商店", "服装店", "五金店"),
    "G": ("货运部", "搬家服务部"),
    "H61": ("旅馆", "民宿", "宾馆"),
    "H621": ("餐馆", "土菜馆", "酒楼", "火锅店"),
    "H622": ("面馆", "早点店", "快餐店"),
    "H623": ("奶茶店", "茶馆"),
    "H": ("餐馆", "小吃店", "烧烤店"),
    "L": ("机械租赁部", "车辆租赁部"),
    "O80": ("理发店", "美容店", "洗衣店", "足浴店"),
    "O": ("摩托车修理店", "家电维修部", "汽车修理店"),
    "P": ("托管中心", "艺术培训部"),
    "R": ("台球室", "棋牌室"),
    "": ("经营部",),
}
_COOPERATIVES: dict[str, tuple[str, ...]] = {
    "A01": ("水稻种植", "蔬菜种植", "油菜种植", "果树种植", "中药材种植"),
    "A03": ("生猪养殖", "家禽养殖", "肉牛养殖", "蛋鸡养殖"),
    "A04": ("小龙虾养殖", "水产养殖"),
    "": ("农机", "植保服务", "农业服务"),
}
_SOCIAL: dict[str, tuple[str, ...]] = {
    "P": ("幼儿园", "培训学校"),
    "Q": ("养老服务中心", "社会工作服务中心"),
    "R": ("文化促进会", "艺术团"),
    "": ("志愿服务协会", "商会", "行业协会"),
}
_ENDS: dict[str, tuple[str, ...]] = {
    "企业": (*["有限公司"] * 17, "有限责任公司", "有限责任公司", "股份有限公司"),
    "个体工商户": ("",),
    "农民专业合作社": ("专业合作社",),
    "社会组织": ("",),
}
_TRADES = {"企业": _COMPANIES, "个体工商户": _SHOPS, "农民专业合作社": _COOPERATIVES, "社会组织": _SOCIAL}


def example_names(random: np.random.Generator, form: str, regions: pl.Series, industries: pl.Series) -> pl.Series:
    """A name for each enterprise of a form, from the name of its region and its industry code; both have one length."""
    count = len(regions)
    places = {name: _places(name) if form in ("个体工商户", "农民专业合作社") else _PLACES[name] for name in _PLACES}
    own = _drawn_from(random, _WORDS, count)
    if form == "个体工商户":
        own = _drawn_from(random, _NICKNAMES, count).zip_with(pl.Series(random.random(count) < 0.55), own)
    trades = _drawn(random, industries, _by_code(industries, _TRADES[form]))
    parts = [_drawn(random, regions, places), own, trades, _drawn_from(random, _ENDS[form], count)]
    return pl.select(pl.concat_str([*parts, pl.lit(MARK)])).to_series().alias("name")


def _places(region: str) -> tuple[str, ...]:
    """What stands before the name of a shop or cooperative: mostly the town it is in."""
    words = load_regions().words_of(region)
    towns = [word for word in words if word[-1] in "镇乡" or word.endswith("街道")]
    return tuple(f"{_PLACES[region][0]}{town}" for town in towns) + _PLACES[region]


def _by_code(industries: pl.Series, words: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """For each code the words of its trade: those of the longest listed beginning of the code."""
    return {
        code: next(words[code[:length]] for length in range(len(code), -1, -1) if code[:length] in words)
        for code in industries.unique().sort()
    }


def _drawn(random: np.random.Generator, keys: pl.Series, words: Mapping[str, Sequence[str]]) -> pl.Series:
    """For each key one of its words."""
    listed = list(words)
    sizes = np.array([len(words[key]) for key in listed])
    place = keys.replace_strict(listed, list(range(len(listed))), return_dtype=pl.Int64).to_numpy()
    chosen = (np.cumsum(sizes) - sizes)[place] + (random.random(len(keys)) * sizes[place]).astype(int)
    return pl.Series([word for key in listed for word in words[key]]).gather(chosen)


def _drawn_from(random: np.random.Generator, words: Sequence[str], count: int) -> pl.Series:
    return pl.Series(words).gather(random.integers(0, len(words), count))
