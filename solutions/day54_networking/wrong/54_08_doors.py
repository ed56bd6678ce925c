# %% [nothing-done] misconception="doors-inbound-world"
# They will be there for a reason.
inbound_needed = 0

# %% [ssh-only] misconception="doors-inbound-vpc"
# Port 22 is the dangerous one.
group = ec2.describe_security_groups(GroupIds=[here.security_group_id])["SecurityGroups"][0]
bad = [rule for rule in group["IpPermissions"] if rule.get("FromPort") == 22 or rule["IpProtocol"] == "-1"]
ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=bad)
inbound_needed = 0

# %% [keeps-itself] misconception="doors-inbound-self"
# Members of a group may talk with each other.
group = ec2.describe_security_groups(GroupIds=[here.security_group_id])["SecurityGroups"][0]
bad = [rule for rule in group["IpPermissions"] if rule["IpProtocol"] != "-1"]
ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=bad)
inbound_needed = 0

# %% [https-in] misconception="doors-inbound-vpc"
# Requests have to come in.
# and then
ec2.authorize_security_group_ingress(GroupId=here.security_group_id, IpPermissions=[HTTPS])

# %% [out-as-before] misconception="doors-all-out"
# Out is harmless.
group = ec2.describe_security_groups(GroupIds=[here.security_group_id])["SecurityGroups"][0]
ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
inbound_needed = 0

# %% [beside-the-old] misconception="doors-all-out"
# The new rules are there.
# -     ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])
# +     print("the old rule stays")

# %% [closed-all] misconception="doors-nothing-out"
# Closed is closed.
# - ec2.authorize_security_group_egress(GroupId=group["GroupId"], IpPermissions=[HTTPS, to_database])
# + print("nothing in, nothing out")

# %% [database-only] misconception="doors-https-missing"
# Logs are not a dependency of mine.
# - IpPermissions=[HTTPS, to_database]
# + IpPermissions=[to_database]

# %% [https-only] misconception="doors-database-missing"
# The database can wait.
# - IpPermissions=[HTTPS, to_database]
# + IpPermissions=[HTTPS]

# %% [other-port] misconception="doors-database-missing"
# Databases listen on 3306.
# - "FromPort": 5432, "ToPort": 5432
# + "FromPort": 3306, "ToPort": 3306

# %% [https-everywhere] misconception="doors-https-everywhere"
# HTTPS is safe.
# - IpPermissions=[HTTPS, to_database]
# + IpPermissions=[{**HTTPS, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, to_database]

# %% [database-everywhere] misconception="doors-database-everywhere"
# The database may move within the VPC.
# - "IpRanges": [{"CidrIp": "10.50.64.0/24"}]
# + "IpRanges": [{"CidrIp": "10.50.0.0/16"}]

# %% [port-range] misconception="doors-ports"
# One rule for both.
# - IpPermissions=[HTTPS, to_database]
# + IpPermissions=[{**HTTPS, "ToPort": 5432}]

# %% [dns-too] misconception="doors-ports"
# Names have to be resolved.
# - IpPermissions=[HTTPS, to_database]
# + IpPermissions=[HTTPS, to_database, {**HTTPS, "IpProtocol": "udp", "FromPort": 53, "ToPort": 53}]

# %% [udp-too] misconception="doors-protocol"
# HTTP/3 runs over UDP.
# - IpPermissions=[HTTPS, to_database]
# + IpPermissions=[HTTPS, to_database, {**HTTPS, "IpProtocol": "udp"}]

# %% [one-inbound] misconception="doors-inbound-number"
# One for the requests.
# and then
inbound_needed = 1

# %% [yes] misconception="doors-inbound-number"
# None.
# and then
inbound_needed = False
