"""`python -m sla`."""

from sla.cli import main

if __name__ == "__main__":  # a second process of ours imports this and must not start over
    main()
