"""Step check: what is wrong with a snapshot, as findings, and which records are quarantined for it."""

from sis_connect.sync.check.rules import RULES
from sis_connect.sync.check.step import CheckResult, Tally, check, iter_findings, tally_findings

__all__ = ["RULES", "CheckResult", "Tally", "check", "iter_findings", "tally_findings"]
