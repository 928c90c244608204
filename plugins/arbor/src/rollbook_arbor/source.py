"""The source: one school's Arbor, by GraphQL and REST."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from typing import Any, ClassVar

from rollbook.contract import Checkpoint, Client, Done, Page, Remark, SchoolRef, Settings, Source, VendorMustAct, Window
from rollbook.tables.schemas import Table
from rollbook_arbor import entities, tables
from rollbook_arbor.api import opened
from rollbook_arbor.cache import Details
from rollbook_arbor.entities import Entity
from rollbook_arbor.graphql import GraphQL
from rollbook_arbor.reading import Reader
from rollbook_arbor.rest import Rest
from rollbook_arbor.settings import ArborSettings
