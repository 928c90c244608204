"""A page as PDF, by a library that is there only where somebody asked for it."""

from __future__ import annotations

from typing import Any

from rollbook.contract import FixSettings


def written(page: str) -> bytes:
    """The page as PDF with its structure marked (PDF/UA-1). Nothing is fetched. Raises FixSettings."""
    html = _library().HTML(string=page, url_fetcher=_fetches_nothing)
    made: bytes = html.write_pdf(pdf_variant="pdf/ua-1")
    return made


def check() -> None:
    """Raises FixSettings where forms cannot be written as PDF on this machine."""
    _library()


def _library() -> Any:
    try:
        import weasyprint  # type: ignore[import-untyped]
    except ImportError:
        raise FixSettings(
            'format = "pdf" needs an extra that is not installed: install `rollbook-la-portal[pdf]`, or set '
            'format = "html" and print from a browser.'
        ) from None
    except OSError:  # the library is there, and what it draws letters with is not
        raise FixSettings(
            'format = "pdf" needs Pango, which this machine does not have (Debian and Ubuntu: apt install '
            'libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0): install it, or set format = "html".'
        ) from None
    return weasyprint


def _fetches_nothing(url: str, *_args: Any, **_options: Any) -> Any:
    raise ValueError(f"a form fetches nothing, and {len(url)} characters of address were asked for")
