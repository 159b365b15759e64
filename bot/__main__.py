"""Where ``kpi-bot`` begins: the process that draws imports this again, so nothing is imported before it is needed."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from bot.cli import main as run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
