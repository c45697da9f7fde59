#include "simulation/run.hpp"

#include <memory>

#include "simulation/client.hpp"

namespace mux::inline v0::simulation {

namespace {

/// So long after the end everything has an end: answers, pauses, and a queue that is served once in a while.
constexpr duration afterwards = std::chrono::hours(1);
constexpr duration at_last = std::chrono::hours(48);

enum part : std::uint64_t { part_server = 1, part_strangers, part_starts, part_clients = 100 };

void strangers(event_queue& events, server& api, random& chance, double rate, instant end) {
  const instant next = events.now() + seconds(chance.exponential(1 / rate));
  if (next > end) return;
  events.at(next, [&events, &api, &chance, rate, end] {
    api.serve_stranger(events.now());
    strangers(events, api, chance, rate, end);
  });
}

}  // namespace

outcome run(const scenario& s) {
  event_queue events;
  server api(s.server, derive(s.seed, part_server));
  std::size_t count = 0;
  for (const client_description& d : s.clients) count += d.count;
  record book(s.server.limit.rate - s.foreign, s.seconds, s.warm_up, s.change, count, s.keep_series);
  const instant end = seconds(s.seconds);

  std::vector<std::unique_ptr<machine>> machines;
  std::vector<std::unique_ptr<client>> clients;
  random starts(derive(s.seed, part_starts));
  for (const client_description& d : s.clients) {
    for (std::size_t i = 0; i < d.count; ++i) {
      if (i == 0 || !d.share_state) {
        machines.push_back(std::make_unique<machine>(events));
        for (const auto& [second, length] : d.suspends) {
          if (second >= s.seconds) continue;
          machine& m = *machines.back();
          events.at(seconds(second), [&m] { m.fall_asleep(); });
          events.at(seconds(second + length), [&m] { m.wake_up(); });
        }
      }
      clients.push_back(std::make_unique<client>(surroundings{events, api, book}, *machines.back(), d,
                                                 clients.size(),
                                                 derive(s.seed, part_clients + clients.size())));
      client& c = *clients.back();
      machine& m = *machines.back();
      events.at(seconds(d.starts + starts.between(0, d.spread)),
                [&c, &m] { m.deliver([&c] { c.start(); }); });
      if (d.leaves > 0) events.at(seconds(d.leaves), [&c, &m] { m.deliver([&c] { c.stop(false); }); });
    }
  }
  random foreign(derive(s.seed, part_strangers));
  if (s.foreign > 0) strangers(events, api, foreign, s.foreign, end);

  events.run_until(end);
  book.close();
  for (const auto& m : machines) m->wake_up();
  for (const auto& c : clients) c->stop(s.finish);
  if (!events.run_out(end + afterwards))
    for (const auto& c : clients) c->shut_down();
  if (!events.run_out(end + at_last)) book.violation(events.now(), 0, "things go on for ever");
  for (const auto& c : clients) c->check_end();
  return book.result();
}

}  // namespace mux::inline v0::simulation
