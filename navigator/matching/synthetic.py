"""Invented enterprises of 荆门, every name marked 示例, for speed tests, demonstrations and "whom would it reach".

The facts hang together (a shop has few hands and little turnover, a foundry has machines and sometimes research), but the shares behind
them are our own rough estimate, not a statistic: nothing here may be quoted as a figure about the city. A fact that joins facts.yaml later is
drawn by its type alone until somebody gives it a rule here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from navigator.corpus.industries import load_industries
from navigator.corpus.model import FactSpec
from navigator.matching.facts import USCC_CHARACTERS
from navigator.matching.rulebook import default_rulebook
from navigator.matching.synthetic_names import example_names

Array = np.ndarray

_FORMS = {"企业": 0.33, "个体工商户": 0.60, "农民专业合作社": 0.055, "社会组织": 0.015}
_FORM_SIGN = {"企业": "91", "个体工商户": "92", "农民专业合作社": "93", "社会组织": "52"}
_REGIONS = {
    "东宝区": (0.15, "420802"),
    "掇刀区": (0.12, "420804"),
    "钟祥市": (0.26, "420881"),
    "京山市": (0.18, "420882"),
    "沙洋县": (0.14, "420822"),
    "屈家岭管理区": (0.02, "420882"),
    "漳河新区": (0.03, "420802"),
    "荆门高新区": (0.08, "420804"),
    "荆门市外": (0.02, "420600"),
}
_TRADES: dict[str, dict[str, float]] = {
    "企业": {
        "F51": 17, "F52": 13, "C13": 4, "C26": 3, "C30": 3, "C34": 3, "C35": 2, "C38": 2, "C17": 1, "C36": 1, "C39": 1, "B10": 1,
        "E47": 3, "E48": 2, "E50": 5, "G54": 4, "G59": 1, "H61": 1, "H62": 2, "I64": 1, "I65": 4, "K70": 4, "L71": 2, "L72": 9,
        "M74": 2, "M75": 3, "N77": 1, "O80": 1, "O81": 1, "Q84": 1, "R88": 1, "R90": 1, "A01": 2, "A03": 2, "D44": 1, "P83": 1,
    },
    "个体工商户": {
        "F52": 44, "F51": 7, "H62": 15, "O80": 9, "O81": 4, "G54": 7, "C13": 3, "C18": 1, "C21": 1, "E50": 2, "L71": 1, "R90": 2,
        "H61": 1, "A03": 2, "P83": 1,
    },
    "农民专业合作社": {"A01": 55, "A03": 30, "A04": 8, "A05": 7},
    "社会组织": {"P83": 45, "Q85": 20, "S95": 25, "R88": 10},
}  # fmt: skip
_MEDIAN_STAFF = {"企业": 7.0, "个体工商户": 1.8, "农民专业合作社": 8.0, "社会组织": 9.0}
_SPREAD = {"企业": 1.35, "个体工商户": 0.7, "农民专业合作社": 0.8, "社会组织": 0.8}
_MULTIPLIER = 472_882_027


@dataclass(slots=True)
class _City:
    """What the rules below draw from: the generator and the columns made so far, all of one length."""

    random: np.random.Generator
    count: int
    made: dict[str, Array] = field(default_factory=dict)

    def often(self, share: float | Array) -> Array:
        return self.random.random(self.count) < share

    def spread(self, median: float | Array, sigma: float) -> Array:
        return median * np.exp(self.random.standard_normal(self.count) * sigma)

    def pick(self, shares: Mapping[str, float]) -> Array:
        """Positions in the mapping, drawn by its shares."""
        edges = np.cumsum(list(shares.values()))
        return np.searchsorted(edges / edges[-1], self.random.random(self.count), side="right").astype(np.uint8)

    def is_form(self, *names: str) -> Array:
        return np.isin(self.made["entity_type"], [list(_FORMS).index(name) for name in names])


def synthetic_enterprises(count: int, seed: int, unknown: float = 0.3, first: int = 0) -> pl.DataFrame:
    """`count` invented enterprises: uscc, name and every base fact of facts.yaml, each value unknown with probability `unknown`.

    The same seed gives the same rows. `first` is the number of the first enterprise: pieces made with different ranges share no uscc.
    """
    specs = default_rulebook().facts.specs
    city = _City(np.random.default_rng([seed, first]), count)
    _draw(city, specs)
    numbers = np.arange(first, first + count, dtype=np.uint64)
    columns = {"uscc": _usccs(city, numbers), "name": _names(city, np.random.default_rng([seed, first, 1]))}
    for name, spec in specs.items():
        if name in columns or spec.derived:
            continue
        known = ~city.often(unknown)
        columns[name] = _series(name, spec, city.made[name], known)
    return pl.DataFrame(columns)


def _draw(city: _City, specs: Mapping[str, FactSpec]) -> None:
    for rule in (_identity, _scale, _people, _research, _trade, _money, _standing, _plans):
        city.made.update(rule(city))
    for name, spec in specs.items():
        if name not in city.made and not spec.derived:
            city.made[name] = _by_type(city, spec)


def _by_type(city: _City, spec: FactSpec) -> Array:
    match spec.type:
        case "bool":
            return city.often(0.1)
        case "choice":
            return city.random.integers(0, len(spec.values), city.count).astype(np.uint8)
        case "count":
            return np.floor(city.spread(1, 1.2))
        case "percent":
            return np.round(city.random.beta(1.2, 4, city.count) * 100, 1)
    return np.where(city.often(0.6), 0.0, np.round(city.spread(1e5, 1.8)))


def _identity(city: _City) -> dict[str, Array]:
    city.made["entity_type"] = form = city.pick(_FORMS)
    region = city.pick({name: share for name, (share, _) in _REGIONS.items()})
    industries = np.empty(city.count, object)
    for position, name in enumerate(_FORMS):
        rows = form == position
        codes, shares = _classes(name)
        drawn = city.random.choice(len(codes), size=int(rows.sum()), p=shares)
        industries[rows] = codes[drawn]
    age = np.minimum(city.random.exponential(6.5, city.count), 40)
    day = np.datetime64("2026-10-31") - (age * 365.25).astype("timedelta64[D]")
    ownership = np.where(
        city.is_form("企业"), city.pick({"民营": 0.93, "国有": 0.03, "集体": 0.01, "外资": 0.01, "混合": 0.02}), 0
    )
    zones = ("屈家岭管理区", "漳河新区", "荆门高新区")
    codes = np.array([code[:4] if name in zones else code for name, (_, code) in _REGIONS.items()], object)
    founder = {
        "毕业5年内高校毕业生": 0.07,
        "在校大学生": 0.01,
        "就业困难人员": 0.05,
        "返乡创业人员": 0.12,
        "其他重点人员": 0.08,
        "都不是": 0.67,
    }
    return {
        "region": region,
        "region_code": codes[region],
        "industry": industries,
        "established_on": day,
        "ownership": ownership.astype(np.uint8),
        "founder_type": city.pick(founder),
        "brand_years": np.round(age * city.random.random(city.count), 1),
    }  # fmt: skip


def _classes(form: str) -> tuple[Array, Array]:
    """Codes of a form's trades, classes mostly, some cut short as people know them, with their shares."""
    table = load_industries().codes()
    codes: list[str] = []
    shares: list[float] = []
    for division, share in _TRADES[form].items():
        inside = [code for code in table if code.startswith(division) and len(code) == 5] or [division]
        codes += [*inside, division, division[0]]
        shares += [*[share * 0.75 / len(inside)] * len(inside), share * 0.2, share * 0.05]
    return np.array(codes, object), np.array(shares) / sum(shares)


def _section(city: _City) -> Array:
    return city.made["industry"].astype("U1")


def _scale(city: _City) -> dict[str, Array]:
    form, section = city.made["entity_type"], _section(city)
    making = np.isin(section, ["B", "C", "D"])
    median = np.array(list(_MEDIAN_STAFF.values()))[form] * np.where(making, 2.2, 1.0)
    sigma = np.array(list(_SPREAD.values()))[form]
    employees = np.minimum(np.floor(median * np.exp(city.random.standard_normal(city.count) * sigma)), 20_000)
    each = np.where(making, 450_000, np.where(section == "F", 600_000, 220_000)) * np.where(form == 1, 0.35, 1.0)
    revenue = np.round(np.maximum(employees, 1) * city.spread(each, 0.8), -3)
    assets = np.round(revenue * city.spread(0.9, 0.7), -3)
    return {
        "employees": employees,
        "revenue": revenue,
        "monthly_sales": np.round(revenue / 12, 2),
        "total_assets": assets,
        "total_liabilities": np.round(assets * city.random.beta(2.5, 2.5, city.count) * 1.1, -2),
        "taxable_income": np.round(revenue * (0.05 + city.random.standard_normal(city.count) * 0.08), -2),
        "taxpayer_type": np.where((revenue > 5e6) | city.often(0.1), 0, 1).astype(np.uint8),
        "above_scale": (revenue >= 2e7) & ~city.often(0.1) & (form != 1),
        "has_industrial_land": making & (revenue > 1e7) & city.often(0.6),
    }


def _people(city: _City) -> dict[str, Array]:
    employees = city.made["employees"]
    insured = np.floor(
        employees * np.where(city.is_form("企业"), city.random.beta(3, 1.5, city.count), 0) * ~city.often(0.25)
    )
    few = np.where(employees > 0, np.maximum(insured, 1), 0)
    return {
        "insured_employees": insured,
        "injury_insured": insured > 0,
        "layoff_rate": np.round(np.minimum(city.random.exponential(6, city.count), 100), 1),
        "unemployment_premium_paid": np.round(insured * city.spread(560, 0.2)),
        "new_graduate_hires": np.floor(few * city.random.exponential(0.03, city.count)),
        "key_group_hires": np.floor(few * city.random.exponential(0.02, city.count)),
        "veteran_hires": np.floor(few * city.random.exponential(0.01, city.count)),
        "hardship_employees": np.floor(few * city.random.exponential(0.02, city.count)),
        "unemployed_youth_hires": np.floor(few * city.random.exponential(0.01, city.count)),
        "startup_loan_hires": np.floor(few * city.random.exponential(0.03, city.count)),
        "disabled_employees": np.floor(employees * city.random.exponential(0.008, city.count)),
    }


def _research(city: _City) -> dict[str, Array]:
    revenue, company = city.made["revenue"], city.is_form("企业")
    inventive = company & np.isin(_section(city), ["C", "I", "M"]) & city.often(0.35)
    spent = np.where(inventive, np.round(revenue * city.spread(0.035, 0.6), -2), 0)
    rights = np.where(inventive, np.floor(city.spread(4, 1.0)), np.where(city.often(0.03), 1, 0))
    certified = inventive & (revenue > 3e6) & city.often(0.35)
    awarded = certified & city.often(0.004)
    level = np.where(
        inventive & (revenue > 1e7),
        city.pick({"无": 0.6, "创新型中小企业": 0.22, "专精特新中小企业": 0.15, "专精特新小巨人": 0.03}),
        0,
    )
    return {
        "rd_expense": spent,
        "rd_expense_prior": np.round(spent * city.spread(0.9, 0.3), -2),
        "funds_research": city.often(0.01) & inventive,
        "rd_staff_ratio": np.where(inventive, np.round(city.random.beta(2, 9, city.count) * 100, 1), 0),
        "high_tech_revenue_ratio": np.where(inventive, np.round(city.random.beta(3, 2, city.count) * 100, 1), 0),
        "main_business_ratio": np.round(city.random.beta(9, 1.5, city.count) * 100, 1),
        "ip_count": rights,
        "ip_class1_count": np.floor(rights * city.random.random(city.count) * 0.4),
        "is_high_tech_enterprise": certified,
        "is_tech_sme": inventive & city.often(0.45),
        "is_single_champion": certified & city.often(0.01),
        "first_set_product": certified & city.often(0.02),
        "national_science_award": awarded,
        "provincial_tech_credential": awarded | (certified & city.often(0.15)),
        "in_tech_library": inventive & city.often(0.5),
        "specialised_status": level.astype(np.uint8),
        "niche_years": np.where(inventive, np.round(city.random.exponential(6, city.count), 1), 0),
    }  # fmt: skip


def _trade(city: _City) -> dict[str, Array]:
    company, revenue = city.is_form("企业"), city.made["revenue"]
    abroad = company & city.often(np.where(revenue > 5e6, 0.12, 0.01))
    powered = np.isin(_section(city), ["B", "C", "D"]) & (revenue > 5e6) & city.often(0.7)
    return {
        "has_import_export": abroad,
        "customs_credit": city.pick({"高级认证": 0.02, "认证": 0.03, "常规": 0.93, "失信": 0.015, "严重失信": 0.005}),
        "export_rebate_class": city.pick({"一类": 0.06, "二类": 0.5, "三类": 0.4, "四类": 0.04}),
        "export_credit_premium": np.where(abroad & city.often(0.3), np.round(city.spread(4e4, 1.2)), 0),
        "expo_booth_fee": np.where(abroad & city.often(0.4), np.round(city.spread(3e4, 0.7)), 0),
        "two_part_tariff": powered,
        "transformer_kva": np.where(powered, np.round(city.spread(630, 0.8)), np.round(city.spread(40, 0.8))),
        "kwh_per_kva": np.where(powered, np.round(city.spread(190, 0.5)), np.round(city.spread(90, 0.6))),
    }


def _money(city: _City) -> dict[str, Array]:
    revenue = city.made["revenue"]
    wants = city.often(0.2)
    took = city.often(0.22)
    return {
        "loan_need": np.where(wants, np.round(revenue * city.spread(0.2, 0.7), -4), 0),
        "new_loan_amount": np.where(took, np.round(revenue * city.spread(0.18, 0.7), -4), 0),
        "bank_loan_count": np.where(
            took, np.floor(city.spread(3, 0.7)) + 1, np.floor(city.random.exponential(0.5, city.count))
        ),
        "gov_contract_amount": np.where(city.often(0.03), np.round(city.spread(4e5, 1.2), -2), 0),
        "receivables": np.where(city.often(0.5), np.round(revenue * city.spread(0.12, 0.8), -2), 0),
        "equipment_investment": np.where(city.often(0.15), np.round(revenue * city.spread(0.06, 1.0), -2), 0),
        "equity_financing_2y": np.where(
            city.is_form("企业") & city.often(0.01), np.round(city.spread(5e6, 1.0), -4), 0
        ),
        "vat_retained_credit": np.where(
            (city.made["taxpayer_type"] == 0) & city.often(0.3), np.round(revenue * city.spread(0.02, 0.8), -2), 0
        ),
    }


def _standing(city: _City) -> dict[str, Array]:
    bad, odd = city.often(0.004), city.often(0.03)
    special = {
        "种养或初加工农产品": 0.12, "生产或卖农资": 0.02, "开办农产品市场": 0.002, "综合利用废料": 0.006, "替别人治污": 0.003,
        "广告发布或娱乐": 0.02, "开发软件": 0.012, "集成电路": 0.001, "工业母机": 0.001, "办孵化器": 0.001, "创业投资": 0.001, "都没有": 0.813,
    }  # fmt: skip
    section = _section(city)
    return {
        "tax_credit_rating": city.pick({"A": 0.12, "B": 0.5, "M": 0.28, "C": 0.06, "D": 0.04}),
        "seriously_dishonest": bad,
        "abnormal_listed": odd,
        "dishonesty_record": bad | odd | city.often(0.03),
        "restricted_industry": city.often(0.004),
        "vat_refund_industry": np.isin(section, ["C", "M", "I", "N"]),
        "consumer_service": np.isin(section, ["H", "O", "R"]) | city.often(0.05),
        "emission_below_standard": np.where(section == "C", np.round(city.random.beta(1.5, 3, city.count) * 100), 0),
        "special_business": city.pick(special),
        "market_rank": city.pick(
            {
                "全球前三": 0.001,
                "全国第一": 0.002,
                "全国前三": 0.005,
                "省内前二": 0.02,
                "全球前十": 0.004,
                "都没到": 0.968,
            }
        ),
    }


def _plans(city: _City) -> dict[str, Array]:
    abroad = city.made["has_import_export"]
    shares: dict[str, float | Array] = {
        "plans_loan": np.where(city.made["loan_need"] > 0, 0.95, 0.08),
        "plans_hiring": 0.3, "plans_training": 0.12, "plans_tech_upgrade": 0.1, "plans_ip": 0.06, "plans_tender": 0.08, "plans_land": 0.015,
        "plans_export": np.where(abroad, 0.9, 0.015), "plans_cross_border": np.where(abroad, 0.35, 0.01), "plans_exhibition": 0.04,
        "plans_equipment": np.where(city.made["equipment_investment"] > 0, 0.95, 0.08), "plans_utility": 0.03, "plans_restructuring": 0.01,
        "plans_lawsuit": 0.04, "plans_collect_debt": np.where(city.made["receivables"] > 0, 0.2, 0.02), "plans_permit": 0.1, "plans_deregister": 0.04,
    }  # fmt: skip
    return {name: city.often(share) for name, share in shares.items()}


def _series(name: str, spec: FactSpec, values: Array, known: Array) -> pl.Series:
    match spec.type:
        case "choice":
            texts = pl.Series(name, spec.values, dtype=pl.String)
            return texts.gather(pl.Series(values).set(pl.Series(~known), None))
        case "code":
            codes, positions = np.unique(values.astype("U6"), return_inverse=True)
            return pl.Series(name, codes.tolist(), dtype=pl.String).gather(
                pl.Series(positions.astype(np.uint32)).set(pl.Series(~known), None)
            )
        case "bool":
            return pl.Series(name, values.astype(bool)).set(pl.Series(~known), None)
        case "date":
            return pl.Series(name, values.astype("datetime64[D]")).cast(pl.Date).set(pl.Series(~known), None)
        case "count":
            return pl.Series(name, values.astype(np.int64)).set(pl.Series(~known), None)
    return pl.Series(name, values + 0.0).set(pl.Series(~known), None)


def _usccs(city: _City, numbers: Array) -> pl.Series:
    """Codes with right check digits (GB 32100-2015; the nine signs of the body after GB 11714-1997), one for each number."""
    signs = np.frombuffer(USCC_CHARACTERS.encode(), np.uint8)
    value = {sign: position for position, sign in enumerate(USCC_CHARACTERS)}
    table = np.zeros((city.count, 18), np.uint8)
    for position in range(2):
        table[:, position] = np.array([value[sign[position]] for sign in _FORM_SIGN.values()])[city.made["entity_type"]]
    for position in range(6):
        table[:, 2 + position] = np.array([value[code[position]] for _, code in _REGIONS.values()])[city.made["region"]]
    table[:, 8], table[:, 9] = value["M"], value["A"]
    left = numbers * np.uint64(_MULTIPLIER) % np.uint64(31**6)
    for position in range(15, 9, -1):
        table[:, position] = left % np.uint64(31)
        left //= np.uint64(31)
    body = _STANDARD_VALUE[table[:, 8:16]] @ np.array([3, 7, 9, 10, 5, 8, 4, 2])
    table[:, 16] = np.array([value[sign] for sign in "0X987654321"])[body % 11]
    weighted = table[:, :17].astype(np.int64) @ np.array([pow(3, power, 31) for power in range(17)])
    table[:, 17] = (31 - weighted % 31) % 31
    text = np.ascontiguousarray(signs[table]).view("S18").ravel()
    return pl.Series("uscc", text).cast(pl.String)


_STANDARD_VALUE = np.array(["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(sign) for sign in USCC_CHARACTERS])
"""What a sign counts in GB 11714: digits as they are, letters from 10."""


def _names(city: _City, random: np.random.Generator) -> pl.Series:
    form = city.made["entity_type"]
    regions = pl.Series(list(_REGIONS)).gather(city.made["region"])
    industries = pl.Series(city.made["industry"].tolist(), dtype=pl.String)
    rows = [np.flatnonzero(form == position) for position in range(len(_FORMS))]
    names = [
        example_names(random, name, regions.gather(place), industries.gather(place))
        for name, place in zip(_FORMS, rows, strict=True)
        if len(place)
    ]
    return pl.concat(names).gather(np.argsort(np.concatenate(rows)))
