"""Drawings of a pack may draw, and nothing else."""

import pytest

from civitas.kit.svg import SvgFault, cleaned_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'


def test_a_drawing_stays_a_drawing():
    assert '<path d="M0 0L1 1" fill="var(--cd-now)"' in cleaned_svg(f'{HEAD}<path d="M0 0L1 1" fill="var(--cd-now)"/></svg>')


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<path onload="alert(1)"/>',
        '<use href="https://example.org/x.svg#a"/>',
        '<path style="fill:red"/>',
        '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
        '<image href="x.png"/>',
        '<path fill="url(https://example.org/x)"/>',
        "<path",
    ],
)
def test_what_could_act_or_load_is_refused(inside):
    with pytest.raises(SvgFault):
        cleaned_svg(f"{HEAD}{inside}</svg>")


def test_a_document_type_is_refused():
    with pytest.raises(SvgFault, match="document type"):
        cleaned_svg(f'<!DOCTYPE svg [<!ENTITY a "b">]>{HEAD}</svg>')
