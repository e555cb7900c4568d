"""The span of time that a sentence says it speaks of."""

import pytest

from peelqa.reports.dates import find_period


@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("In the 12 months to March 2014, crime fell.", "12 months to March 2014"),
        ("In 2013 the force closed four stations.", "2013"),
        ("During 2015/16 response times improved.", "2015/16"),
        ("The force must save £10m by the end of 2018.", None),
        ("Recorded crime has fallen since 2010.", None),
        ("In 2015/16 the force plans to recruit.", None),
        ("In 2019 it will be looked at again.", None),
        ("Staff are trained.", None),
        ("In 2014 we recommended that the force should improve its cells.", "2014"),
        ("Since the last inspection in March 2020 there has been a significant deterioration.", None),
        ("Failures that were found at the inspection in September 2018 have not been addressed.", None),
        ("At the last inspection in 2018, the force was slow.", "2018"),
        ("In 2013 staff, who are to be praised, answered more calls.", "2013"),
    ],
)
def test_a_period_is_one_that_a_sentence_looks_back_on(sentence: str, period: str | None) -> None:
    found = find_period(sentence)
    assert (found.text if found else None) == period
