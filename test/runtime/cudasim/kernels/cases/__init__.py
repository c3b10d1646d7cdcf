"""The kernels of this folder: how each is launched, what it must compute, and what its planted bugs
must be called.

`bugs` maps the value of BUG to the classes of fault that name it: more than one where a kernel that
is wrong in one way may be caught in another first."""

import numpy as np

from . import (
    applications,
    asynchronous,
    basics,
    exchange,
    groups,
    hopper,
    idioms,
    irregular,
    language,
    misuse,
    sharing,
)

THEMES = {
    "basics": basics,
    "misuse": misuse,
    "asynchronous": asynchronous,
    "sharing": sharing,
    "language": language,
    "hopper": hopper,
    "applications": applications,
    "idioms": idioms,
    "exchange": exchange,
    "groups": groups,
    "irregular": irregular,
}


def make_cases(seed, themes):
    cases = []
    for theme in themes or THEMES:
        cases += THEMES[theme].make_cases(np.random.default_rng(seed))
    return cases
