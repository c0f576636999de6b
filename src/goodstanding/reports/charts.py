"""Small charts as inline SVG, drawn by hand; the numbers always stand beside them."""

from fractions import Fraction

from goodstanding.core.figures.numbers import Share

_WIDTH = 96
_GAP = 2


def share_bar(share: Share) -> str:
    """Draw a share and its rest as two lengths that differ in height too, so that they are told apart without colour."""
    value = share.value
    if value is None:
        inner = f'<rect class="none" x="0.5" y="0.5" width="{_WIDTH - 1}" height="7" rx="2"/>'
    else:
        part = float(value * _WIDTH)
        half = _GAP / 2 if 0 < value < Fraction(1) else 0
        inner = (
            f'<rect class="met" width="{max(part - half, 0):.1f}" height="8" rx="2"/>'
            f'<rect class="breached" x="{part + half:.1f}" y="2" width="{max(_WIDTH - part - half, 0):.1f}" height="4"/>'
        )
    return f'<svg class="bar" viewBox="0 0 {_WIDTH} 8" preserveAspectRatio="none" aria-hidden="true">{inner}</svg>'
