import re,subprocess
def resolve(f, choose):
    s=open(f).read()
    n=[0]
    def r(m):
        n[0]+=1
        return choose(n[0]-1, m.group(1), m.group(2))
    s=re.sub(r'<<<<<<< [^\n]*\n(.*?)=======\n(.*?)>>>>>>> [^\n]*\n', r, s, flags=re.S)
    open(f,'w').write(s)
S='scripts/src/'
resolve(S+'cli/batch/command.ts', lambda n,a,b: "import type { WaitSettings } from '../../core/wait/wait-task.ts';\nimport { mediaIn, stemOfOutput } from '../../download/output-name.ts';\nimport { versionOf } from '../../download/version-of-name.ts';\n")
resolve(S+'cli/batch/report.ts', lambda n,a,b: "import { diskErrorText } from '../../disk/durable.ts';\nimport type { JsonObject } from '../../model/json.ts';\n")
resolve(S+'cli/render/caller.ts', lambda n,a,b: "    savedAs: (output) => commandFrom(argv, { output }),\n"+b)
resolve(S+'core/batch/options.ts', lambda n,a,b: b+"import type { LeftOver } from './left-over.ts';\n")
resolve(S+'core/batch/price.ts', lambda n,a,b: "import type { Terms } from '../checked-request.ts';\n"+b)
resolve(S+'core/batch/run.ts', lambda n,a,b: ("import { attached } from '../submit/submit-on-record.ts';\nimport { type Price, Spending, sumOf } from './budget.ts';\n" if n==0 else ''))
resolve(S+'core/deliver/finish.ts', lambda n,a,b: ("import path from 'node:path';\n"+b if n==0 else a.replace("'../download","'../../download")))
resolve(S+'core/deliver/reuse-result.ts', lambda n,a,b: a.replace("'../download","'../../download"))
resolve(S+'core/generate.ts', lambda n,a,b: b)
resolve(S+'core/money/spending.ts', lambda n,a,b: "    journal: store && { more: countOf(recorded) - countOf(less), keys: 'this', unreadable },\n    listFailure,\n")
resolve(S+'core/wait/wait-task.ts', lambda n,a,b: b+"  /** Where another file has the name, a version follows it; absent: that is a failure. */\n  isVersioned?: boolean | undefined;\n")
resolve(S+'ports/claim-rules.ts', lambda n,a,b: ("  const { output, ordinal = 1, newRun } = claim;\n  return compact({\n" if n==0 else b.replace("  });\n","    newRun,\n  });\n")))
def sub(f, pairs):
    s=open(f).read()
    for a,b in pairs:
        assert a in s, (f,a)
        s=s.replace(a,b,1)
    open(f,'w').write(s)
