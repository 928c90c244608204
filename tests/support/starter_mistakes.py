"""The mistakes that the guides warn of, each made in the guide's own adapter: a text, and what takes its place."""

from __future__ import annotations

from rollbook.host.new_plugin import Kind

Change = tuple[str, str, str]  # file under src/rollbook_acme, text, what takes its place

_DAY_BEFORE = "self.date.fromordinal(self.date.toordinal() - 1)"
_POST = "    code: str | None\n\n    def __post_init__(self) -> None:\n        if {0}:\n            {1}\n"
_SHORTER = "    good = good[1:] if table is Table.PUPILS else good\n    return Page.of("
_SOURCE: dict[str, Change] = {
    "S10": ("source.py", "window.last.isoformat()", "window.last.fromordinal(window.last.toordinal() - 1).isoformat()"),
    "S17": ("records.py", "    code: str | None\n", _POST.format("self.date.month < 10", f"self.date = {_DAY_BEFORE}")),
    "S12": ("records.py", "    code: str | None\n", _POST.format('self.code == "ZZ"', 'self.code = "/"')),
    "S14": (
        "pages.py",
        "    return Page.of(",
        '    good = [one for one in good if getattr(one, "upn", "-")]\n    return Page.of(',
    ),
    "S15": ("pages.py", "    return Page.of(", _SHORTER),
    "S28": ("source.py", "covers=None if aside else window, ", ""),
    "S04": ("api.py", "raise NeedsCredentials(", "raise RetryLater("),
    "S38": (
        "api.py",
        '        raise RetryLater(f"What',
        '        if "page" in asked:\n            return form(page=asked["page"], total=0, items=[])\n'
        '        raise RetryLater(f"What',
    ),
    "S44": ("api.py", "(HTTP {answer.status_code} for {label}).", "{answer.text}"),
    "S49": ("source.py", 'self.settings["page_size"])', "1)"),
}
_DESTINATION: dict[str, Change] = {
    "D16": (
        "destination.py",
        "            return None\n\n    def _told",
        '            raise unexpected(type("", (), {"status_code": 500})) from None\n\n    def _told',
    ),
    "D14": (
        "destination.py",
        '"Idempotency-Key": message.idempotency_key',
        '"Idempotency-Key": f"{message.idempotency_key}{id(api)}"',
    ),
    "D04": ("destination.py", "for message in messages:", "for message in reversed(messages):"),
    "D10": (
        "destination.py",
        "        check_signed_in(answer)\n        return held",
        "        check_signed_in(answer)\n        if answer.status_code == 422:\n"
        "            from rollbook.contract import DeliveryRefused\n\n"
        '            raise DeliveryRefused("no")\n        return held',
    ),
    "D19": ("answers.py", "    409:", '    500: "it has a fault",\n    409:'),
    "D23": ("destination.py", "if nothing_held(answer):", "if held(answer) is None:"),
    "D05": ("answers.py", "found.reference, found.at,", "found.reference, found.at.replace(tzinfo=None),"),
    "D06": (
        "destination.py",
        "dict(message.content)",
        '(j := __import__("json")).loads(j.dumps(dict(message.content), ensure_ascii=False).encode("ascii", "ignore"))',
    ),
    "D08": ("destination.py", "message.action.value", '"send"'),
    "D24": ("answers.py", "(why,)", "(why + answer.text,)"),
}
MISTAKES: dict[Kind, dict[str, Change]] = {"source": _SOURCE, "destination": _DESTINATION}
"""The check that finds it -> how the mistake is made."""
