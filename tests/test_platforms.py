"""The list of platforms: filters and counts agree, and everyday words find what the plan calls otherwise."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from navigator.matching.rulebook import default_rulebook
from navigator.platforms import WHO, chosen, counts, values

PLATFORMS = default_rulebook().corpus.platforms
FACETS = {"who": tuple(WHO), "serve": ("build", "route", "track"), "commitment": tuple(str(n) for n in range(1, 46))}
choices = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(options), unique=True, max_size=3) for name, options in FACETS.items()}
)


@given(choices, st.sampled_from(list(FACETS)), st.data())
def test_a_count_is_what_choosing_it_alone_leaves(choice, facet, data):
    value = data.draw(st.sampled_from(FACETS[facet]))
    assert counts(PLATFORMS, choice, facet)[value] == len(chosen(PLATFORMS, {**choice, facet: [value]}))


def test_every_group_of_people_has_some():
    found = counts(PLATFORMS, {}, "who")
    assert all(found[who] for who in WHO)


def test_every_platform_is_listed_in_order_without_a_choice():
    assert chosen(PLATFORMS, {}) == list(PLATFORMS)
    assert all(len(values(platform, "serve")) == 1 for platform in PLATFORMS)


def test_everyday_words_find_a_platform():
    named = [platform for platform in PLATFORMS if platform.say]
    for platform in named:
        assert platform in chosen(PLATFORMS, {}, platform.say[0])
    assert chosen(PLATFORMS, {}, "容缺")
    assert chosen(PLATFORMS, {}, "龙鳞") == []
