"""Words of the vocabularies: values spelled alike keep each its own."""

from shared.labels import label
from shared.permissions import Module, Role
from shared.vocabulary import CompanyKind, IntermediaryType


def test_values_spelled_alike_keep_their_own_words() -> None:
    said = {
        (kind, value): label(kind, value).text
        for kind, value in (
            (Role, "admin"), (Module, "admin"), (Module, "pool"), (CompanyKind, "pool"),
            (Role, "broker"), (IntermediaryType, "broker"),
        )
    }  # fmt: skip
    assert said[Role, "admin"] == "Administrator"
    assert said[Module, "admin"] == "Administration"
    assert said[Module, "pool"] == "Pool business"
    assert said[CompanyKind, "pool"] == "Pool"
    assert said[Role, "broker"] == said[IntermediaryType, "broker"] == "Broker"
