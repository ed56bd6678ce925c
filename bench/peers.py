"""M/M/48 as other simulators of queues and of serverless platforms do it, each in its own usual way.

Every function simulates about so many requests and returns (requests, the share that waited or was lost).
"""

from __future__ import annotations

import random

RATE, SERVICE_S, SERVERS = 216.0, 0.2, 48


def simpy(requests: int) -> tuple[int, float]:
    """SimPy: a Resource, and a process for each request."""
    import simpy as library

    draw = random.Random(1)
    environment = library.Environment()
    servers = library.Resource(environment, capacity=SERVERS)
    waited = 0

    def request() -> object:
        nonlocal waited
        with servers.request() as turn:
            waited += len(servers.queue) > 0
            yield turn
            yield environment.timeout(draw.expovariate(1 / SERVICE_S))

    def arrivals() -> object:
        for _ in range(requests):
            yield environment.timeout(draw.expovariate(RATE))
            environment.process(request())

    environment.process(arrivals())
    environment.run()
    return requests, waited / requests


def ciw(requests: int) -> tuple[int, float]:
    """Ciw: a network of one node, with the records that it always keeps."""
    import ciw as library

    library.seed(1)
    network = library.create_network(
        arrival_distributions=[library.dists.Exponential(RATE)],
        service_distributions=[library.dists.Exponential(1 / SERVICE_S)],
        number_of_servers=[SERVERS],
    )
    simulation = library.Simulation(network)
    simulation.simulate_until_max_customers(requests, method="Finish")
    waits = [record.waiting_time for record in simulation.get_all_records()]
    return len(waits), sum(wait > 0 for wait in waits) / len(waits)


def simfaas(requests: int) -> tuple[int, float]:
    """SimFaaS: at most 48 instances that never expire, so that what finds none is rejected."""
    from simfaas.ServerlessSimulator import ServerlessSimulator

    simulator = ServerlessSimulator(
        arrival_rate=RATE,
        warm_service_rate=1 / SERVICE_S,
        cold_service_rate=1 / SERVICE_S,
        expiration_threshold=1e9,
        max_time=requests / RATE,
        maximum_concurrency=SERVERS,
    )
    simulator.generate_trace(debug_print=False, progress=False)
    return simulator.total_req_count, simulator.total_reject_count / simulator.total_req_count
