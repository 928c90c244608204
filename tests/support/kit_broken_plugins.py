"""For each check that sources and destinations share, a plugin that is broken in exactly the way that it looks for.

Each is a source of the invented vendor. `INSTALLED` says where the fault is in how it is installed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields

from support.kit_broken import Broken
from support.kit_source import Plain, PlainSettings, PlainSimulator


class Nameless(Plain):
    name = "plain_of_another_name"


class ClosedOnce(PlainSimulator):
    closed = False

    def close(self) -> None:
        if self.closed:
            raise RuntimeError("closed already")
        self.closed = True
        super().close()


class WantsAColour(Plain):
    class Settings(PlainSettings):
        colour = fields.String(required=True)


class TakesAnything(Plain):
    class Settings(PlainSettings):
        class Meta:
            unknown = EXCLUDE


class OneAtATime(Plain):
    class Settings(PlainSettings):
        def load(self, data: Mapping[str, Any], **kwargs: Any) -> Any:
            missing = [name for name, field in self.fields.items() if field.required and name not in data]
            if missing:
                raise ValidationError({missing[0]: ["Missing data for required field."]})
            return super().load(data, **kwargs)


class TokenWrittenOut(Plain):
    class Settings(PlainSettings):
        token = fields.Raw(required=True)


HOOK = """
from rollbook.contract import hookimpl
from support.kit_source import Plain
{more}
@hookimpl
def rollbook_sources():
    return [Plain]
"""

BROKEN = {
    "P01": Broken(Nameless, says="no installed distribution has an entry point 'plain_of_another_name'"),
    "P02": Broken(says="it does not load: It could not be imported"),
    "P03": Broken(says="does not say CONTRACT_VERSION"),
    "P04": Broken(says="write rollbook>=1.0,<2"),
    "P05": Broken(Plain, ClosedOnce, says="closed already"),
    "P06": Broken(WantsAColour, says="they are refused"),
    "P07": Broken(TakesAnything, says="it takes setting_of_nobody"),
    "P08": Broken(OneAtATime, says="token is missing too, and not named"),
    "P09": Broken(TokenWrittenOut, says="token looks like a secret and is no SecretField"),
}

INSTALLED: dict[str, dict[str, str]] = {
    "P02": {"code": "import nothing_of_that_name"},
    "P03": {"code": HOOK.format(more="")},
    "P04": {"code": HOOK.format(more='CONTRACT_VERSION = "1.0"'), "needs": "rollbook"},
}
"""How these are installed; the others as `support.kit_plain`."""
