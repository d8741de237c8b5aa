"""The facts of a small pool: Berg sells for 10,000, Adler stands above him."""

from tests.database.pool_module.settlement.issued import Steps

FACTS: Steps = [
    {"product": {"code": "P", "insurer": "Aquila", "line": "Leben"}},
    {"producer": {"code": "Adler"}},
    {"producer": {"code": "Berg"}},
    {"placement": {"producer": "Berg", "parent": "Adler", "from": "2020-01-01"}},
    {"career": {"producer": "Berg", "level": "L1", "from": "2020-01-01"}},
    {"career": {"producer": "Adler", "level": "L2", "from": "2020-01-01"}},
    *(
        {"rule": {
            "code": level, "kind": "acquisition", "level": level, "of": "basis", "rate": rate,
            "from": "2020-01-01",
        }}
        for level, rate in (("L1", "0.02"), ("L2", "0.03"))
    ),
    {"agreement": {
        "insurer": "Aquila", "kind": "acquisition", "liability_months": 12, "reserve_rate": "0.1",
        "from": "2020-01-01",
    }},
    {"contract": {"number": "C-1", "product": "P", "shares": [{"producer": "Berg", "share": "1"}]}},
    {"event": {
        "ref": "E1", "contract": "C-1", "kind": "acquisition", "effective": "2026-01-10",
        "due": "2026-01-20", "basis": "10000.00", "received": "400.00",
    }},
]  # fmt: skip
