"""The roster path, one module or package a step: source, stage, check, shape, plan, hold, apply."""
