"""Runs a command and says what it took, as JSON: seconds, processor seconds, peak kilobytes of its largest process."""

import json
import resource
import subprocess
import sys
import time

started = time.monotonic()
ended = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
seconds = time.monotonic() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
told = {"seconds": seconds, "processor": used.ru_utime + used.ru_stime, "peak": used.ru_maxrss}
print(json.dumps({**told, "code": ended.returncode, "out": ended.stdout[-4000:], "err": ended.stderr[-4000:]}))
