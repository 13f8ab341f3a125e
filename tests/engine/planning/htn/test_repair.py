"""A plan that broke in the middle is mended where it broke: what is finished stays finished, what stays stays as it is,
and there is a way exactly when trying everything finds one."""

from hypothesis import strategies as st

SEEDS = st.integers(min_value=0, max_value=1_000_000)
_MOST_POPS = 4_000
