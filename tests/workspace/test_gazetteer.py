"""Cities of communities: the ones that texts are read to have, and what was probably meant by others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yinliu.workspace.gazetteer import doubt, nearest_place


@pytest.mark.parametrize(
    ("city", "meant"),
    [
        ("杭洲", "杭州"),
        ("上梅", "上海"),
        ("武汗", "武汉"),
        ("夏门", "厦门"),
        ("桐芦", "杭州/桐庐县"),
        ("阿那亚", None),
        ("全国", None),
    ],
)
def test_a_name_that_nobody_knows(city: str, meant: str | None) -> None:
    """With the place that sounds the same, where there is one."""
    found = doubt(city)
    assert found and "地名库里没有" in found.zh and nearest_place(city) == meant
    assert ("是不是想写" in found.zh) is (meant is not None) and (meant or "") in found.zh


@pytest.mark.parametrize(("city", "value"), [("杭州市", "杭州"), ("魔都", "上海"), ("余杭", "杭州/余杭区")])
def test_another_name_of_a_place(city: str, value: str) -> None:
    """Texts are read to have the place by its one name."""
    found = doubt(city)
    assert found and f"“{value}”" in found.zh and value in found.en


@pytest.mark.parametrize("city", ["杭州", "西湖区", "杭州/西湖区", "南昌/西湖区", "浙江", "台北", "恩施"])
def test_a_place_that_is_found_is_fine(city: str) -> None:
    """Cities, provinces, districts with their city or alone."""
    assert doubt(city) is None


@given(st.text(max_size=40))
def test_no_text_breaks_it(city: str) -> None:
    """A label is any text; what is proposed is always fine itself."""
    near = nearest_place(city)
    assert near is None or doubt(near) is None
