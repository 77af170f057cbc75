"""What the trainer takes each row for: stdin has [value, format, columns], stdout the example or the first fault."""

import json
import sys

from cdksft_trainer.dialogue import Fault
from cdksft_trainer.example import example_of

for line in sys.stdin:
    try:
        print(json.dumps({"example": example_of(*json.loads(line))}))
    except Fault as fault:
        print(json.dumps({"fault": [fault.kind, fault.column, fault.detail]}))
