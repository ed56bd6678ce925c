"""CloudWatch Logs Insights: queries that are parsed and run. moto 5.2.5 knows fields, sort and limit and skips the rest.

Commands: fields, display, filter, parse (glob and regular expression), stats … by, sort, limit, dedup. Not there: pattern,
diff, anomaly, unmask, unnest, join and the other query languages (SQL, PPL).
"""
