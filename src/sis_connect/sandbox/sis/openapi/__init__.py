"""The OpenAPI document of a provider, made from the tables of the standard (OpenAPI 3.1)."""

from sis_connect.sandbox.sis.openapi.document import build_document

__all__ = ["build_document"]
