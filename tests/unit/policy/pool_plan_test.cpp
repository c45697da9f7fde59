#include "policy/pool_plan.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace mux::policy {
namespace {

using namespace std::chrono_literals;
using verdict = pool_plan::verdict;

const pool_plan::time_point start{1000s};

pool_plan::limits bounds(std::size_t per_host, std::size_t total = 100) {
  pool_plan::limits l;
  l.per_host = per_host;
  l.total = total;
  l.idle = 50s;
  l.idle_when_recent = 2s;
  l.age = 10min;
  return l;
}

pool_plan::vitals used(pool_plan::time_point born = start) {
  pool_plan::vitals v;
  v.born = born;
  return v;
}
pool_plan::vitals fresh(pool_plan::time_point born = start) {
  pool_plan::vitals v = used(born);
  v.unused = true;
  return v;
}
pool_plan::vitals kept_for(pool_plan::nanoseconds length) {
  pool_plan::vitals v = used();
  v.keep_alive = length;
  return v;
}

/// A plan with hosts 0 … `hosts`-1.
pool_plan plan_of(const pool_plan::limits& l, int hosts = 1) {
  pool_plan plan(l);
  for (int i = 0; i < hosts; ++i) plan.add_host();
  return plan;
}

/// A connection of `host`, opened and in use.
void open_one(pool_plan& plan, std::size_t host = 0) {
  const auto decided = plan.ask(host, freshness::unused, start);
  ASSERT_EQ(decided.what, verdict::open);
  ASSERT_TRUE(plan.leave(host, decided.number));
}

TEST(pool_plan, opens_until_all_places_are_taken_and_queues_then) {
  pool_plan plan = plan_of(bounds(2));
  EXPECT_EQ(plan.ask(0, freshness::any, start).what, verdict::open);
  EXPECT_EQ(plan.ask(0, freshness::any, start).what, verdict::open);
  EXPECT_EQ(plan.ask(0, freshness::any, start).what, verdict::wait);
  EXPECT_EQ(plan.taken(), 2U);
  EXPECT_EQ(plan.waiting(), 1U);
}

TEST(pool_plan, takes_the_connection_that_was_used_last) {
  pool_plan plan = plan_of(bounds(3));
  for (int i = 0; i < 3; ++i) open_one(plan);
  plan.give_back(0, 11, used(), start);
  plan.give_back(0, 12, used(), start + 1s);
  plan.give_back(0, 13, used(), start + 2s);
  EXPECT_EQ(plan.ask(0, freshness::any, start + 3s).number, 13U);
  EXPECT_EQ(plan.ask(0, freshness::any, start + 3s).number, 12U);
  EXPECT_EQ(plan.ask(0, freshness::any, start + 3s).number, 11U);
  EXPECT_EQ(plan.taken(), 3U);
  EXPECT_EQ(plan.idle(), 0U);
}

TEST(pool_plan, serves_an_idle_connection_up_to_its_limit_and_not_after) {
  for (const auto& [idle, expected] : {std::pair{50s, verdict::reuse}, std::pair{51s, verdict::open}}) {
    pool_plan plan = plan_of(bounds(3));
    open_one(plan);
    plan.give_back(0, 1, used(), start);
    EXPECT_EQ(plan.ask(0, freshness::any, start + idle).what, expected);
  }
}

TEST(pool_plan, believes_a_server_that_keeps_connections_for_less_and_goes_a_second_before_it) {
  for (const auto& [said, idle, expected] :
       {std::tuple{5s, 4s, verdict::reuse}, std::tuple{5s, 5s, verdict::open},
        std::tuple{1s, 1s, verdict::open}, std::tuple{0s, 1s, verdict::open},
        std::tuple{3600s, 50s, verdict::reuse}, std::tuple{3600s, 51s, verdict::open}}) {
    pool_plan plan = plan_of(bounds(3));
    open_one(plan);
    plan.give_back(0, 1, kept_for(said), start);
    EXPECT_EQ(plan.ask(0, freshness::any, start + idle).what, expected)
        << said.count() << ' ' << idle.count();
  }
}

TEST(pool_plan, closes_what_expires_first_even_if_it_was_used_last) {
  pool_plan plan = plan_of(bounds(3));
  open_one(plan);
  open_one(plan);
  plan.give_back(0, 1, used(), start);
  plan.give_back(0, 2, kept_for(3s), start + 1s);
  EXPECT_EQ(plan.closing(start + 4s), std::vector<std::uint64_t>{2});
  EXPECT_EQ(plan.ask(0, freshness::any, start + 4s).number, 1U);
}

TEST(pool_plan, lets_an_old_connection_serve_no_more) {
  pool_plan plan = plan_of(bounds(2));
  open_one(plan);
  plan.give_back(0, 1, used(start), start + 9min + 30s);
  EXPECT_EQ(plan.ask(0, freshness::any, start + 10min).what, verdict::reuse) << "not older than the bound";
  EXPECT_FALSE(plan.give_back(0, 1, used(start), start + 10min));
  EXPECT_EQ(plan.ask(0, freshness::any, start + 10min + 1s).what, verdict::open) << "too old while idle";
  EXPECT_EQ(plan.closing(start + 10min + 1s), std::vector<std::uint64_t>{1});
}

TEST(pool_plan, replaces_an_old_connection_that_somebody_waits_for) {
  pool_plan plan = plan_of(bounds(1));
  open_one(plan);
  const auto waiting = plan.ask(0, freshness::any, start);
  const auto grant = plan.give_back(0, 1, used(start), start + 11min);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket, waiting.number);
  EXPECT_EQ(grant->what, verdict::open);
  EXPECT_EQ(plan.closing(start + 11min), std::vector<std::uint64_t>{1});
  EXPECT_EQ(plan.taken(), 1U);
}

TEST(pool_plan, keeps_connections_of_any_age_without_a_bound) {
  pool_plan::limits ageless = bounds(1);
  ageless.age = 0s;
  pool_plan plan = plan_of(ageless);
  open_one(plan);
  plan.give_back(0, 1, used(start), start + 24h);
  EXPECT_EQ(plan.ask(0, freshness::any, start + 24h).what, verdict::reuse);
}

TEST(pool_plan, gives_who_asks_for_a_recent_one_only_what_was_used_just_now) {
  for (const auto& [idle, expected] : {std::pair{2000ms, verdict::reuse}, std::pair{2001ms, verdict::open}}) {
    pool_plan plan = plan_of(bounds(3));
    open_one(plan);
    plan.give_back(0, 1, used(), start);
    EXPECT_EQ(plan.ask(0, freshness::recent, start + idle).what, expected);
  }
}

TEST(pool_plan, keeps_a_stale_connection_for_others_when_there_is_room) {
  pool_plan plan = plan_of(bounds(2));
  open_one(plan);
  plan.give_back(0, 7, used(), start);
  EXPECT_EQ(plan.ask(0, freshness::recent, start + 10s).what, verdict::open);
  EXPECT_TRUE(plan.closing(start + 10s).empty());
  EXPECT_EQ(plan.ask(0, freshness::any, start + 10s).number, 7U);
}

TEST(pool_plan, clears_the_oldest_away_when_a_recent_one_needs_its_place) {
  pool_plan plan = plan_of(bounds(2));
  open_one(plan);
  open_one(plan);
  plan.give_back(0, 7, used(), start);
  plan.give_back(0, 8, used(), start + 1s);
  EXPECT_EQ(plan.ask(0, freshness::recent, start + 10s).what, verdict::open);
  EXPECT_EQ(plan.closing(start + 10s), std::vector<std::uint64_t>{7});
  EXPECT_EQ(plan.taken(), 2U);
  EXPECT_EQ(plan.idle(), 1U);
}

TEST(pool_plan, hands_a_returned_connection_to_the_first_who_waits) {
  pool_plan plan = plan_of(bounds(1));
  open_one(plan);
  const std::uint64_t first = plan.ask(0, freshness::any, start).number;
  const std::uint64_t second = plan.ask(0, freshness::recent, start).number;
  const auto grant = plan.give_back(0, 5, used(), start);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket, first);
  EXPECT_EQ(grant->what, verdict::reuse);
  EXPECT_EQ(plan.idle(), 0U);
  EXPECT_EQ(plan.give_back(0, 5, used(), start)->ticket, second);
  EXPECT_FALSE(plan.give_back(0, 5, used(), start));
  EXPECT_EQ(plan.idle(), 1U);
}

TEST(pool_plan, hands_a_returned_connection_to_who_still_opens_one) {
  pool_plan plan = plan_of(bounds(2));
  open_one(plan);
  const auto opener = plan.ask(0, freshness::any, start);
  ASSERT_EQ(opener.what, verdict::open);
  const auto grant = plan.give_back(0, 1, used(), start);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket, opener.number);
  EXPECT_EQ(grant->what, verdict::reuse);
  EXPECT_FALSE(plan.leave(0, opener.number)) << "it has one; its own becomes idle";
  EXPECT_FALSE(plan.give_back(0, 2, fresh(), start));
  EXPECT_EQ(plan.idle(), 1U);
  EXPECT_EQ(plan.taken(), 2U);
}

TEST(pool_plan, gives_who_wants_an_unused_connection_no_used_one) {
  pool_plan plan = plan_of(bounds(2));
  open_one(plan);
  const auto opener = plan.ask(0, freshness::unused, start);
  ASSERT_EQ(opener.what, verdict::open);
  EXPECT_FALSE(plan.give_back(0, 1, used(), start)) << "its own is still on the way";
  EXPECT_EQ(plan.idle(), 1U);
  // With all places in use the returned one makes room.
  EXPECT_EQ(plan.ask(0, freshness::any, start).number, 1U);
  const auto waiting = plan.ask(0, freshness::unused, start);
  ASSERT_EQ(waiting.what, verdict::wait);
  const auto grant = plan.give_back(0, 1, used(), start);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket, waiting.number);
  EXPECT_EQ(grant->what, verdict::open);
  EXPECT_EQ(plan.closing(start), std::vector<std::uint64_t>{1});
  EXPECT_EQ(plan.give_back(0, 3, fresh(), start)->ticket, opener.number);
}

TEST(pool_plan, hands_a_lost_connections_place_to_the_first_who_waits) {
  pool_plan plan = plan_of(bounds(1));
  open_one(plan);
  const std::uint64_t first = plan.ask(0, freshness::any, start).number;
  const auto grant = plan.lose(0);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket, first);
  EXPECT_EQ(grant->what, verdict::open);
  EXPECT_EQ(plan.taken(), 1U);
  EXPECT_TRUE(plan.leave(0, first));
  EXPECT_FALSE(plan.lose(0));
  EXPECT_EQ(plan.taken(), 0U);
}

TEST(pool_plan, passes_over_who_has_left) {
  pool_plan plan = plan_of(bounds(1));
  open_one(plan);
  const std::uint64_t first = plan.ask(0, freshness::any, start).number;
  const std::uint64_t second = plan.ask(0, freshness::any, start).number;
  EXPECT_TRUE(plan.leave(0, first));
  EXPECT_FALSE(plan.leave(0, first));
  EXPECT_EQ(plan.give_back(0, 1, used(), start)->ticket, second);
  EXPECT_FALSE(plan.leave(0, second));
}

TEST(pool_plan, names_what_is_to_be_closed_once) {
  pool_plan plan = plan_of(bounds(4));
  for (int i = 0; i < 4; ++i) open_one(plan);
  for (std::uint64_t i = 1; i <= 4; ++i) plan.give_back(0, i, used(), start + i * 1s);
  EXPECT_EQ(plan.closing(start + 52s), std::vector<std::uint64_t>{1});
  EXPECT_TRUE(plan.closing(start + 52s).empty());
  EXPECT_EQ(plan.taken(), 3U);
  EXPECT_TRUE(plan.evict());
  EXPECT_EQ(plan.closing(start + 52s), std::vector<std::uint64_t>{2});
  plan.clear();
  EXPECT_EQ(plan.closing(start + 52s), (std::vector<std::uint64_t>{3, 4}));
  EXPECT_EQ(plan.taken(), 0U);
  EXPECT_FALSE(plan.evict());
}

TEST(pool_plan, reserves_free_places_and_no_more) {
  pool_plan plan = plan_of(bounds(4, 6), 2);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(plan.reserve(0, 3));
  EXPECT_FALSE(plan.reserve(0, 3));
  EXPECT_TRUE(plan.reserve(0, 9));
  EXPECT_FALSE(plan.reserve(0, 9)) << "as many as a host may have";
  EXPECT_TRUE(plan.reserve(1, 4));
  EXPECT_TRUE(plan.reserve(1, 4));
  EXPECT_FALSE(plan.reserve(1, 4)) << "as many as all may have";
  plan.give_back(0, 1, fresh(), start);
  EXPECT_FALSE(plan.reserve(1, 4)) << "nobody's idle connection makes room for a guess";
}

TEST(pool_plan, makes_room_for_one_host_by_the_oldest_idle_connection_of_all) {
  pool_plan plan = plan_of(bounds(4, 3), 3);
  open_one(plan, 0);
  open_one(plan, 0);
  open_one(plan, 1);
  plan.give_back(0, 1, used(), start + 1s);
  plan.give_back(1, 2, used(), start);
  plan.give_back(0, 3, used(), start + 2s);
  EXPECT_EQ(plan.ask(2, freshness::any, start + 3s).what, verdict::open);
  EXPECT_EQ(plan.closing(start + 3s), std::vector<std::uint64_t>{2});
  EXPECT_EQ(plan.taken(), 3U);
  EXPECT_EQ(plan.taken(1), 0U);
}

TEST(pool_plan, lets_a_host_without_a_connection_have_the_next_that_is_given_back) {
  pool_plan plan = plan_of(bounds(4, 2), 2);
  open_one(plan, 0);
  open_one(plan, 0);
  const auto mine = plan.ask(0, freshness::any, start);
  const auto other = plan.ask(1, freshness::any, start);
  ASSERT_EQ(other.what, verdict::wait);
  const auto grant = plan.give_back(0, 1, used(), start);
  ASSERT_TRUE(grant);
  EXPECT_EQ(grant->ticket, other.number) << "though a call to the first host waited longer";
  EXPECT_EQ(grant->what, verdict::open);
  EXPECT_EQ(plan.give_back(0, 2, used(), start)->ticket, mine.number) << "and now they are even";
}

TEST(pool_plan, survives_limits_beyond_the_clock) {
  pool_plan::limits endless = bounds(2);
  endless.idle = endless.age = pool_plan::nanoseconds::max();
  pool_plan plan = plan_of(endless);
  open_one(plan);
  plan.give_back(0, 1, used(), start);
  EXPECT_EQ(plan.ask(0, freshness::any, start + 1000h).what, verdict::reuse);
}

// All hosts always want more than there is: what is each one's share?
TEST(pool_plan, shares_the_total_among_hosts_that_all_want_more) {
  for (const std::size_t total : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{8}}) {
    constexpr std::size_t hosts = 4;
    constexpr int depth = 3;  // calls that each host has under way or waiting beyond its connections
    std::mt19937_64 random(7);
    pool_plan plan = plan_of(bounds(8, total), hosts);
    std::map<std::uint64_t, std::size_t> host_of_ticket;
    std::vector<std::pair<std::size_t, std::uint64_t>> busy;  // host, connection
    std::vector<int> served(hosts);
    std::uint64_t next = 1;
    pool_plan::time_point now = start;
    const auto begin = [&](std::size_t host, std::uint64_t connection) {
      ++served[host];
      busy.emplace_back(host, connection);
    };
    const auto ask = [&](std::size_t host) {
      const auto decided = plan.ask(host, freshness::any, now);
      host_of_ticket[decided.number] = host;
      if (decided.what != verdict::open) return;
      plan.leave(host, decided.number);
      begin(host, next++);
    };
    for (int i = 0; i < depth + 8; ++i)
      for (std::size_t h = 0; h < hosts; ++h) ask(h);
    for (int round = 0; round < 4000; ++round) {
      now += 1ms;
      const auto which = busy.begin() + static_cast<std::ptrdiff_t>(random() % busy.size());
      const auto [host, connection] = *which;
      busy.erase(which);
      const auto grant = plan.give_back(host, connection, used(now), now);
      ASSERT_TRUE(grant);
      const std::size_t next_host = host_of_ticket.at(grant->ticket);
      if (grant->what == verdict::open) plan.leave(next_host, grant->ticket);
      begin(next_host, grant->what == verdict::open ? next++ : connection);
      ask(host);
      ASSERT_EQ(plan.taken(), total);
    }
    const auto [least, most] = std::minmax_element(served.begin(), served.end());
    EXPECT_GT(*least * 3, *most * 2) << "of " << total;
  }
}

// A model that is simple enough to be right by looking at it: who holds what, who waits in which order.
class history {
 public:
  history(std::uint64_t seed, const pool_plan::limits& l, std::size_t hosts)
      : random_(seed), limits_(l), plan_(plan_of(l, static_cast<int>(hosts))), hosts_(hosts) {}

  void step() {
    now_ += std::chrono::milliseconds(random_() % 3000);
    const std::size_t h = random_() % hosts_.size();
    switch (random_() % 8) {
      case 0:
      case 1:
      case 2:
        return ask(h);
      case 3:
        return opened(h, random_() % 4 != 0);
      case 4:
      case 5:
        return give_back(h);
      case 6:
        return lose(h);
      default:
        if (random_() % 3 == 0 && plan_.reserve(h, 1 + random_() % 4)) ++hosts_[h].opening;
        return leave(h);
    }
  }

  void check() {
    for (const std::uint64_t gone : plan_.closing(now_)) {
      const auto at =
          std::find_if(hosts_.begin(), hosts_.end(), [&](host& h) { return h.idle.erase(gone) == 1; });
      ASSERT_TRUE(at != hosts_.end() || returned_.erase(gone) == 1) << "closes what it does not have";
    }
    ASSERT_TRUE(returned_.empty()) << "a connection was neither granted nor closed nor kept";
    std::size_t taken = 0, idle = 0, waiting = 0;
    for (std::size_t h = 0; h < hosts_.size(); ++h) {
      const std::size_t places = hosts_[h].idle.size() + hosts_[h].leased.size() + hosts_[h].opening;
      ASSERT_EQ(plan_.taken(h), places);
      ASSERT_LE(places, limits_.per_host);
      taken += places;
      idle += hosts_[h].idle.size();
      waiting += hosts_[h].queue.size();
    }
    ASSERT_EQ(plan_.taken(), taken);
    ASSERT_EQ(plan_.idle(), idle);
    ASSERT_EQ(plan_.waiting(), waiting);
    ASSERT_LE(taken, limits_.total);
    for (const host& one : hosts_) {
      if (one.queue.empty()) continue;
      const bool full = one.idle.size() + one.leased.size() + one.opening >= limits_.per_host;
      ASSERT_TRUE(one.idle.empty()) << "waits beside an idle connection";
      ASSERT_TRUE(full || taken == limits_.total) << "waits beside a free place";
      ASSERT_TRUE(full || idle == 0) << "waits although an idle connection could make room";
    }
  }

  [[nodiscard]] std::size_t longest_drought() const { return longest_drought_; }

 private:
  struct asker {
    freshness how;
    std::size_t droughts = 0;  ///< connections that ended while it was the oldest of a host without any
  };
  struct host {
    std::set<std::uint64_t> idle, leased;
    std::size_t opening = 0;                 ///< places on which a connection is being opened
    std::map<std::uint64_t, asker> openers;  ///< tickets of those who wait for one of them
    std::map<std::uint64_t, asker> queue;    ///< tickets without a place
  };

  void ask(std::size_t h) {
    const auto how = static_cast<freshness>(random_() % 3);
    const auto decided = plan_.ask(h, how, now_);
    if (decided.what == verdict::reuse) {
      ASSERT_NE(how, freshness::unused);
      ASSERT_EQ(hosts_[h].idle.erase(decided.number), 1U);
      hosts_[h].leased.insert(decided.number);
    } else if (decided.what == verdict::open) {
      ++hosts_[h].opening;
      hosts_[h].openers.emplace(decided.number, asker{how});
    } else {
      hosts_[h].queue.emplace(decided.number, asker{how});
    }
  }

  void opened(std::size_t h, bool well) {
    host& at = hosts_[h];
    if (at.opening == 0) return;
    --at.opening;
    const std::uint64_t made = next_++;
    std::uint64_t mine = 0;
    if (!at.openers.empty()) {
      mine = at.openers.begin()->first;
      at.openers.erase(mine);
      ASSERT_TRUE(plan_.leave(h, mine));
    }
    if (!well) {
      serve(plan_.lose(h));
    } else if (mine != 0) {
      at.leased.insert(made);
    } else {
      back(h, made, fresh(now_));
    }
  }

  void give_back(std::size_t h) {
    if (hosts_[h].leased.empty()) return;
    const std::uint64_t one = *hosts_[h].leased.begin();
    hosts_[h].leased.erase(one);
    pool_plan::vitals vitals = used(now_ - std::chrono::seconds(random_() % 700));
    if (random_() % 4 == 0) vitals.keep_alive = std::chrono::seconds(random_() % 20);
    back(h, one, vitals);
  }

  void lose(std::size_t h) {
    if (hosts_[h].leased.empty()) return;
    hosts_[h].leased.erase(hosts_[h].leased.begin());
    serve(plan_.lose(h));
  }

  void leave(std::size_t h) {
    auto& queue = hosts_[h].queue;
    if (queue.empty()) return;
    const auto leaver = std::next(queue.begin(), static_cast<std::ptrdiff_t>(random_() % queue.size()));
    ASSERT_TRUE(plan_.leave(h, leaver->first));
    queue.erase(leaver);
  }

  void back(std::size_t h, std::uint64_t connection, const pool_plan::vitals& vitals) {
    count_drought();
    const auto grant = plan_.give_back(h, connection, vitals, now_);
    returned_.insert(connection);
    if (grant && grant->what == verdict::reuse) {
      host& at = hosts_[h];
      const bool opener = at.openers.contains(grant->ticket);
      const asker served = (opener ? at.openers : at.queue).at(grant->ticket);
      ASSERT_TRUE(served.how != freshness::unused || vitals.unused);
      returned_.erase(connection);
      at.leased.insert(connection);
      at.openers.erase(grant->ticket);
      at.queue.erase(grant->ticket);
    } else {
      serve(grant);
      if (!grant && now_ - vitals.born <= limits_.age) {
        returned_.erase(connection);
        hosts_[h].idle.insert(connection);
      }
    }
  }

  void serve(const std::optional<pool_plan::grant>& grant) {
    if (!grant) return;
    ASSERT_EQ(grant->what, verdict::open);
    for (host& at : hosts_) {
      const auto found = at.queue.find(grant->ticket);
      if (found == at.queue.end()) continue;
      ASSERT_EQ(found, at.queue.begin()) << "out of turn";
      at.openers.insert(*found);
      at.queue.erase(found);
      ++at.opening;
      return;
    }
    FAIL() << "a place for nobody";
  }

  /// One more connection is given back: who waits for a host without any, longer than all others?
  void count_drought() {
    asker* oldest = nullptr;
    std::uint64_t ticket = 0;
    for (host& at : hosts_) {
      if (at.queue.empty() || !at.leased.empty() || at.opening > 0) continue;
      if (oldest == nullptr || at.queue.begin()->first < ticket) {
        ticket = at.queue.begin()->first;
        oldest = &at.queue.begin()->second;
      }
    }
    if (oldest != nullptr) longest_drought_ = std::max(longest_drought_, ++oldest->droughts);
  }

  std::mt19937_64 random_;
  pool_plan::limits limits_;
  pool_plan plan_;
  std::vector<host> hosts_;
  std::set<std::uint64_t> returned_;  ///< in this step
  std::uint64_t next_ = 1;
  std::size_t longest_drought_ = 0;
  pool_plan::time_point now_ = start;
};

TEST(pool_plan, keeps_its_promises_over_long_random_histories) {
  for (const auto& [per_host, total, hosts] :
       {std::tuple{1, 10, 1}, std::tuple{2, 10, 1}, std::tuple{8, 64, 1}, std::tuple{3, 5, 3},
        std::tuple{8, 2, 4}, std::tuple{1, 1, 3}, std::tuple{4, 64, 4}}) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      history run(seed, bounds(static_cast<std::size_t>(per_host), static_cast<std::size_t>(total)),
                  static_cast<std::size_t>(hosts));
      for (int i = 0; i < 5'000; ++i) {
        run.step();
        run.check();
        if (HasFatalFailure()) FAIL() << per_host << ' ' << total << ' ' << hosts << " step " << i;
      }
      EXPECT_LE(run.longest_drought(), static_cast<std::size_t>(2 * total + 2)) << "somebody starves";
    }
  }
}

}  // namespace
}  // namespace mux::policy
