"""The gate's question asked of three engines for policies: microseconds of one whole referral, medians, as JSON on stdout.

20 partners x 8 purposes x 12 fields, 50 consents of the person, as in Sources/convenant-bench/Decisions.swift: for each of 160 questions, which
of the twelve fields may go to this partner for this purpose, by an article in force and a consent in force. Each engine is given what costs it
least: policy, articles and consents are parsed beforehand and kept, and only the question itself is new.

- Rego: one rule gives the set of fields, from a compiled bundle; articles and consents are its data.
- Cedar: a field is a resource, so twelve requests make a question, in one batch; articles and consents stand on the partner as sets.
- pycasbin: twelve calls make a question; articles are policy lines behind its index, consent is a function.
"""

import json
import statistics
import sys
import time

PARTNERS = [f"{i:020d}" for i in range(99000000001001, 99000000001021)]
PURPOSES = [f"purpose{i}" for i in range(8)]
FIELDS = [f"field{i}" for i in range(12)]
NOW, END = 50, 1_000
CONSENTS = [
    {"recipients": [PARTNERS[n % 20], PARTNERS[(n * 7 + 1) % 20]], "purposes": PURPOSES, "fields": FIELDS, "from": 0, "until": END}
    for n in range(50)
]
QUESTIONS = [(partner, purpose) for partner in PARTNERS for purpose in PURPOSES]


def rego():
    import regopy

    interpreter = regopy.Interpreter()
    articles = {partner: {purpose: {"fields": FIELDS, "from": 0, "until": END} for purpose in PURPOSES} for partner in PARTNERS}
    consents = {partner: [c for c in CONSENTS if partner in c["recipients"]] for partner in PARTNERS}
    interpreter.add_data({"articles": articles, "consents": consents})
    interpreter.add_module(
        "gate.rego",
        """package gate
holds(term) if { term.from <= input.now; input.now < term.until }
article := data.articles[input.to][input.purpose]
consented contains field if {
    some consent in data.consents[input.to]
    holds(consent)
    input.purpose in consent.purposes
    some field in consent.fields
}
allowed contains field if {
    holds(article)
    some field in input.fields
    field in article.fields
    field in consented
}
""",
    )
    bundle = interpreter.build(None, ["gate/allowed"])

    def ask(partner, purpose):
        interpreter.set_input({"to": partner, "purpose": purpose, "fields": FIELDS, "now": NOW})
        return interpreter.query_bundle_entrypoint(bundle, "gate/allowed")

    def count(output):
        return len(json.loads(str(output))["expressions"][0])

    return ask, count


def cedar():
    import cedarpy

    policies = cedarpy.PolicySet.from_str(
        """permit(principal, action, resource) when {
    principal.articles.contains(resource.name) && principal.articlesUntil > context.now
        && principal.consented.contains(resource.name) && principal.consentedUntil > context.now
};"""
    )

    def consented(partner, purpose):
        return sorted({f for c in CONSENTS if partner in c["recipients"] and purpose in c["purposes"] for f in c["fields"]})

    road = [
        {
            "uid": {"type": "Road", "id": f"{partner}/{purpose}"},
            "attrs": {"articles": FIELDS, "articlesUntil": END, "consented": consented(partner, purpose), "consentedUntil": END},
            "parents": [],
        }
        for partner, purpose in QUESTIONS
    ]
    fields = [{"uid": {"type": "Field", "id": f}, "attrs": {"name": f}, "parents": []} for f in FIELDS]
    entities = cedarpy.Entities.from_json_str(json.dumps(road + fields))
    action = {"type": "Action", "id": "disclose"}

    def ask(partner, purpose):
        principal = {"type": "Road", "id": f"{partner}/{purpose}"}
        requests = [
            {"principal": principal, "action": action, "resource": {"type": "Field", "id": field}, "context": {"now": NOW}}
            for field in FIELDS
        ]
        return cedarpy.is_authorized_batch(requests, policies, entities)

    return ask, lambda results: sum(result.allowed for result in results)


def pycasbin():
    import casbin

    # Its index takes two words of a line.
    index = [0, 1]
    model = casbin.FastModel(index)
    model.load_model_from_text(
        """[request_definition]
r = to, purpose, field, now
[policy_definition]
p = to, purpose, field, until
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.to == p.to && r.purpose == p.purpose && r.field == p.field && r.now < int(p.until) && consented(r.to, r.purpose, r.field, r.now)
"""
    )
    enforcer = casbin.FastEnforcer(model, cache_key_order=index)
    enforcer.add_policies([[partner, purpose, field, str(END)] for partner, purpose in QUESTIONS for field in FIELDS])
    by_partner = {partner: [c for c in CONSENTS if partner in c["recipients"]] for partner in PARTNERS}

    def consented(partner, purpose, field, now):
        return any(
            c["from"] <= now < c["until"] and purpose in c["purposes"] and field in c["fields"] for c in by_partner.get(partner, [])
        )

    enforcer.add_function("consented", consented)
    enforcer.add_function("int", int)

    def ask(partner, purpose):
        return [enforcer.enforce(partner, purpose, field, NOW) for field in FIELDS]

    return ask, sum


def median_microseconds(name, make):
    ask, count = make()
    for question in QUESTIONS:
        granted = count(ask(*question))
        if granted != len(FIELDS):
            sys.exit(f"{name} grants {granted} of {len(FIELDS)} fields: it answers another question")
    times = []
    end = time.monotonic() + 3
    while time.monotonic() < end or len(times) < 3:
        start = time.perf_counter()
        for question in QUESTIONS:
            ask(*question)
        times.append((time.perf_counter() - start) / len(QUESTIONS) * 1e6)
    return statistics.median(times)


ENGINES = {"Rego": rego, "Cedar": cedar, "pycasbin": pycasbin}
print(json.dumps({name: round(median_microseconds(name, make), 2) for name, make in ENGINES.items()}))
