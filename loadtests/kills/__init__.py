"""Kills under load: simulators and portal die by SIGKILL and start again on the same --data, and nothing is lost."""
