"""How well passages were ranked, by ir-measures: the ranking counts, not what was quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import ir_measures
from ir_measures import RR, R, nDCG

from eval.rows import Row

MEASURES = (nDCG @ 10, R @ 5, R @ 10, RR @ 10)
"""Each row gets these by their names in ir-measures: "nDCG@10" and so on."""


def with_ranking_measures(rows: Sequence[Row]) -> list[Row]:
    """Add the measures of each row's ranked passages, where it ranked any and gold stands in at least one passage."""
    judged = {row.id: row for row in rows if row.ranked is not None and row.relevant}
    if not judged:
        return list(rows)
    qrels = [ir_measures.Qrel(row.id, passage, 1) for row in judged.values() for passage in row.relevant]
    run = [
        ir_measures.ScoredDoc(row.id, passage, float(-place))
        for row in judged.values()
        for place, passage in enumerate(row.ranked or ())
    ]
    values: dict[str, dict[str, float]] = {}
    for metric in ir_measures.iter_calc(MEASURES, qrels, run):
        values.setdefault(metric.query_id, {})[str(metric.measure)] = float(metric.value)
    return [replace(row, values={**row.values, **values.get(row.id, {})}) for row in rows]
