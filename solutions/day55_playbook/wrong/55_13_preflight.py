# %% [above-the-limit] misconception="blockers-limit-itself"
# - >= 100
# + > 100

# %% [no-quota] misconception="blockers-no-versions"
# - if plan["versions_on_provider"] >= 100:
# + if False:

# %% [no-free-room] misconception="blockers-no-free"
# - max(0, plan["min_environments"] - plan["free_environments"])
# + plan["min_environments"]

# %% [a-vcpu-each] misconception="blockers-by-environment"
# - instances * plan["instance_vcpus"]
# + missing

# %% [rounded-down] misconception="blockers-rounded-down"
# - math.ceil(missing
# + math.floor(missing

# %% [cap-reached] misconception="blockers-touching"
# - > plan["max_vcpu_count"]
# + >= plan["max_vcpu_count"]

# %% [any-alarm] misconception="blockers-any-alarm"
# - if plan["resource"] not in plan["alarms"]:
# + if not plan["alarms"]:

# %% [quarter] misconception="blockers-strict-weight"
# - plan["weight"] > 0.25
# + plan["weight"] >= 0.25

# %% [first-only] misconception="blockers-first-only"
# - return found
# + return set(sorted(found)[:1])

# %% [boolean] misconception="blockers-form"
# - return found
# + return not found

# %% [sentences] misconception="blockers-words"
# - found.add("vcpus")
# + found.add("the cap is too low")

# %% [nothing-rotated] misconception="rotation-none"
# - traffic.assume(lab.account, {LIFETIME: 3600})
# + traffic.assume(lab.account, {LIFETIME: None})

# %% [left-changed] misconception="rotation-assumption-left"
# - traffic.assume(lab.account, {LIFETIME: None})
# + traffic.assume(lab.account, {LIFETIME: 3600.0})

# %% [not-played] misconception="rotation-not-played"
# - traffic.steady(60, 5400)
# + traffic.steady(60, 1800)

# %% [instances] misconception="rotation-count"
# - rotated = sum(item["what"] == "rotated" for item in rotation.document["happened"])
# + rotated = rotation.rows[-1]["instances"] + 100

# %% [a-few] misconception="rotation-refused"
# Something must have been lost.
# - refused_while_rotating = rotation.throttled
# + refused_while_rotating = rotation.throttled + 12
