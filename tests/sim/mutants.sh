#!/usr/bin/env bash
# Plants faults in the product and sees whether the simulator finds them.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/mutants.py" "$@"
