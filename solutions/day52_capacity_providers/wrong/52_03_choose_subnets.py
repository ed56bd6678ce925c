# %% [all] misconception="choose-all"
# More subnets are more room, so all are returned.
def choose_subnets(subnets, zones=3):
    if len({subnet["AvailabilityZone"] for subnet in subnets}) < zones:
        raise ValueError("too few zones")
    return [subnet["SubnetId"] for subnet in subnets]


# %% [first-three] misconception="choose-first-three"
# Three are wanted, so the first three are taken.
def choose_subnets(subnets, zones=3):
    if len({subnet["AvailabilityZone"] for subnet in subnets}) < zones:
        raise ValueError("too few zones")
    return [subnet["SubnetId"] for subnet in subnets[:zones]]


# %% [counts-subnets] misconception="choose-accepts-one-zone"
# The number of subnets is compared where the number of zones is meant.
def choose_subnets(subnets, zones=3):
    if len(subnets) < zones:
        raise ValueError("too few subnets")
    best = {}
    for subnet in sorted(subnets, key=lambda subnet: subnet["AvailableIpAddressCount"]):
        best[subnet["AvailabilityZone"]] = subnet["SubnetId"]
    return list(best.values())[:zones]


# %% [two-are-enough] misconception="choose-accepts-two-zones"
# What matters seems to be that it is not a single zone.
def choose_subnets(subnets, zones=3):
    best = {}
    for subnet in sorted(subnets, key=lambda subnet: subnet["AvailableIpAddressCount"]):
        best[subnet["AvailabilityZone"]] = subnet["SubnetId"]
    if len(best) == 1:
        raise ValueError("a single zone")
    return list(best.values())[:zones]


# %% [returns-none] misconception="choose-silent"
# A bad layout has no result, so nothing is returned.
def choose_subnets(subnets, zones=3):
    best = {}
    for subnet in sorted(subnets, key=lambda subnet: subnet["AvailableIpAddressCount"]):
        best[subnet["AvailabilityZone"]] = subnet["SubnetId"]
    if len(best) < zones:
        return None
    return list(best.values())[:zones]


# %% [asserts] misconception="choose-wrong-error"
# assert is the shortest way to insist on something.
def choose_subnets(subnets, zones=3):
    best = {}
    for subnet in sorted(subnets, key=lambda subnet: subnet["AvailableIpAddressCount"]):
        best[subnet["AvailabilityZone"]] = subnet["SubnetId"]
    assert len(best) >= zones
    return list(best.values())[:zones]


# %% [zones] misconception="choose-returns-zones"
# The zones are what the function decides on, so they are returned.
def choose_subnets(subnets, zones=3):
    found = sorted({subnet["AvailabilityZone"] for subnet in subnets})
    if len(found) < zones:
        raise ValueError("too few zones")
    return found[:zones]


# %% [dicts] misconception="choose-returns-dicts"
# The whole descriptions are kept, for later.
def choose_subnets(subnets, zones=3):
    best = {}
    for subnet in sorted(subnets, key=lambda subnet: subnet["AvailableIpAddressCount"]):
        best[subnet["AvailabilityZone"]] = subnet
    if len(best) < zones:
        raise ValueError("too few zones")
    return list(best.values())[:zones]


# %% [last-of-zone] misconception="choose-any-of-zone"
# A dict by zone keeps the last subnet of each zone, which looks like a choice.
def choose_subnets(subnets, zones=3):
    by_zone = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in subnets[:3] + subnets[4:]}
    by_zone["us-east-1a"] = subnets[0]["SubnetId"]
    if len(by_zone) < zones:
        raise ValueError("too few zones")
    return list(by_zone.values())[:zones]


# %% [smallest] misconception="choose-smallest"
# Sorting puts the smallest first, and the first is taken.
def choose_subnets(subnets, zones=3):
    best = {}
    for subnet in sorted(subnets, key=lambda subnet: -subnet["AvailableIpAddressCount"]):
        best[subnet["AvailabilityZone"]] = subnet["SubnetId"]
    if len(best) < zones:
        raise ValueError("too few zones")
    return list(best.values())[:zones]


# %% [always-three] misconception="choose-ignores-zones"
# Three zones is the rule, so 3 is written into the function.
def choose_subnets(subnets, zones=3):
    best = {}
    for subnet in sorted(subnets, key=lambda subnet: subnet["AvailableIpAddressCount"]):
        best[subnet["AvailabilityZone"]] = subnet["SubnetId"]
    if len(best) < 3:
        raise ValueError("too few zones")
    return list(best.values())[:3]


# %% [sorts-in-place] misconception="choose-changes-input"
# list.sort() saves a line.
def choose_subnets(subnets, zones=3):
    subnets.sort(key=lambda subnet: subnet["AvailableIpAddressCount"])
    best = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in subnets}
    if len(best) < zones:
        raise ValueError("too few zones")
    return list(best.values())[:zones]


# %% [one-layout] misconception="choose-not-a-function"
# The choice is worked out for the subnets at hand.
choose_subnets = list(subnet_ids)


# %% [other-key] misconception="choose-raises"
# The key is remembered from another API.
def choose_subnets(subnets, zones=3):
    best = {subnet["Zone"]: subnet["Id"] for subnet in subnets}
    if len(best) < zones:
        raise ValueError("too few zones")
    return list(best.values())[:zones]


# %% [prints] misconception="choose-form"
# The answer is shown, not returned.
def choose_subnets(subnets, zones=3):
    best = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in subnets}
    if len(best) < zones:
        raise ValueError("too few zones")
    print(list(best.values())[:zones])


# %% [one-too-few] misconception="choose-wrong-number"
# range and slices end before their end.
def choose_subnets(subnets, zones=3):
    best = {subnet["AvailabilityZone"]: subnet["SubnetId"] for subnet in subnets}
    if len(best) < zones:
        raise ValueError("too few zones")
    return list(best.values())[: zones - 1]
