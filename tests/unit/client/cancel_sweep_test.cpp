// A call that is cancelled after 1, 2, 3, … steps, at every point at which it can wait: it ends once, at
// once, and leaves nothing behind.

#include <mux/pager.hpp>
#include <mux/video/assets.hpp>

#include "unit/client/send_fixture.hpp"

namespace {

using namespace mux_test;

/// A client with its network and clock, and one piece of work that can be cancelled.
class world {
 public:
  world() {
    options.credentials.token_id = "id";
    options.credentials.token_secret = "secret";
  }

  void open() {
    auto made = mux::detail::client_core::make(io.get_executor(), options, network, time);
    ASSERT_TRUE(made) << made.error();
    core = *made;
  }
  void start(asio::awaitable<bool> work) {
    asio::co_spawn(io, std::move(work),
                   asio::bind_cancellation_slot(cancel.slot(), [this](std::exception_ptr thrown, bool well) {
                     ++endings;
                     if (!thrown) {
                       done = well;
                       return;
                     }
                     try {
                       std::rethrow_exception(thrown);
                     } catch (const boost::system::system_error& e) {
                       EXPECT_EQ(e.code(), asio::error::operation_aborted);
                     }
                   }));
  }
  /// Everything that can happen without time going on.
  void settle() {
    do io.restart();
    while (io.poll() > 0);
  }
  [[nodiscard]] std::size_t waiting() const {
    std::size_t all = 0;
    for (const mux::class_stats& c : core->limiter().stats()) all += c.queued + c.in_flight;
    return all;
  }

  asio::io_context io;
  std::shared_ptr<virtual_time> time = std::make_shared<virtual_time>();
  std::shared_ptr<scripted_network> network = std::make_shared<scripted_network>(*time);
  mux::client_options options;
  std::shared_ptr<mux::detail::client_core> core;
  asio::cancellation_signal cancel;
  int endings = 0;
  bool done = false;
};

asio::awaitable<bool> call(world& w, const operation& op) {
  const mux::result<std::string> got =
      co_await mux::detail::try_send<std::string>(w.core, raw(op, "{}").base());
  EXPECT_TRUE(got || got.error().code == errc::cancelled) << got.error();
  co_return got.has_value();
}

asio::awaitable<bool> list(world& w) {
  mux::pager<mux::asset> pages(w.core, mux::requests::video::assets::list(), 1);
  while (pages.more()) {
    mux::result<std::optional<mux::page<mux::asset>>> got = co_await pages.try_next();
    EXPECT_TRUE(got || got.error().code == errc::cancelled) << got.error();
    if (!got) co_return false;
  }
  co_return true;
}

asio::awaitable<bool> drain(world& w) {
  const bool done = co_await mux::detail::client_core::drain(w.core, 1h);
  co_return done;
}

/// Takes its time.
class slow_vault final : public mux::credentials_provider {
 public:
  explicit slow_vault(std::shared_ptr<virtual_time> time) : time_(std::move(time)) {}
  asio::awaitable<mux::result<mux::credentials>> get(reason) override {
    asio::steady_timer sleep(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    const auto alarm = time_->make_alarm(sleep.get_executor(), [&sleep] { sleep.cancel(); });
    alarm->arm(time_->now() + 1s);
    boost::system::error_code woken;
    co_await sleep.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    mux::credentials given;
    given.authorization_token = "tok";
    co_return given;
  }

 private:
  std::shared_ptr<virtual_time> time_;
};

struct scenario {
  const char* name;
  std::function<void(world&)> prepare;
  std::function<asio::awaitable<bool>(world&)> work;
};

asio::awaitable<bool> get(world& w) {
  return call(w, get_row);
}
asio::awaitable<bool> create(world& w) {
  return call(w, post_row);
}

const std::vector<scenario>& scenarios() {
  static const std::vector<scenario> all = {
      {"a_read", [](world&) {}, get},
      {"a_create", [](world&) {}, create},
      {"a_create_behind_others",
       [](world& w) {
         w.open();
         for (int i = 0; i < 6; ++i) {
           asio::co_spawn(w.io, call(w, post_row), asio::detached);
         }
         w.settle();
       },
       create},
      {"after_a_429",
       [](world& w) {
         w.network->then([] { return answer(429, "{}"); });
         w.network->then([] { return answer(200); });
       },
       get},
      {"after_a_500",
       [](world& w) {
         w.network->then([] { return answer(500, "{}"); });
         w.network->then([] { return answer(200); });
       },
       get},
      {"after_a_stale_connection",
       [](world& w) {
         w.network->then([] { return stale(); });
         w.network->then([] { return answer(200); });
       },
       get},
      {"with_a_provider_and_a_401",
       [](world& w) {
         w.options.credentials_provider = std::make_shared<slow_vault>(w.time);
         w.network->then([] { return answer(401, "{}"); });
         w.network->then([] { return answer(200); });
       },
       get},
      {"explaining_a_403",
       [](world& w) {
         w.options.explain_refusals = true;
         w.network->then([] { return answer(403, "{}"); });
         w.network->then([] { return answer(200, R"({"data":{"environment_name":"e"}})"); });
       },
       [](world& w) -> asio::awaitable<bool> {
         const mux::result<std::string> got =
             co_await mux::detail::try_send<std::string>(w.core, raw(get_row).base());
         EXPECT_FALSE(got);
         co_return got.error().code == errc::permission_denied;
       }},
      {"a_listing",
       [](world& w) {
         w.network->then([] { return answer(200, R"({"next_cursor":"X","data":[{"id":"a"}]})"); });
         w.network->then([] { return answer(200, R"({"next_cursor":"Y","data":[{"id":"b"}]})"); });
         w.network->then([] { return answer(200, R"({"data":[{"id":"c"}]})"); });
       },
       list},
      {"a_drain",
       [](world& w) {
         w.open();
         asio::co_spawn(w.io, call(w, get_row), asio::detached);
         w.settle();
       },
       drain},
  };
  return all;
}

class cancel_sweep : public testing::TestWithParam<scenario> {};

TEST_P(cancel_sweep, ends_once_and_at_once_at_every_step) {
  bool cancelled = true;
  int steps = 0;
  for (; cancelled; ++steps) {
    ASSERT_LT(steps, 2000) << "the work never ends";
    world w;
    w.network->handshake = 10ms;
    w.network->latency = 10ms;
    GetParam().prepare(w);
    if (!w.core) w.open();
    const bool alone = w.core->calls().idle();
    w.start(GetParam().work(w));
    for (int i = 0; i < steps && w.endings == 0; ++i) w.time->step(w.io);
    cancelled = w.endings == 0;
    if (!cancelled) {
      EXPECT_TRUE(w.done) << "without a cancellation it ends well";
    } else {
      const auto at = w.time->now();
      w.cancel.emit(asio::cancellation_type::terminal);
      w.settle();
      ASSERT_EQ(w.endings, 1) << "cancelled after " << steps << " steps";
      EXPECT_EQ(w.time->now(), at) << steps;
      if (alone) {
        EXPECT_EQ(w.waiting(), 0u) << "a place or a turn is kept after " << steps << " steps";
        EXPECT_EQ(w.network->held, 0) << "a connection is kept after " << steps << " steps";
        EXPECT_EQ(w.time->armed(), 0u) << "an alarm is left after " << steps << " steps";
      }
    }
    // Whoever else is there goes on, and nothing is left.
    w.time->run(w.io);
    EXPECT_EQ(w.endings, 1) << steps;
    EXPECT_EQ(w.waiting(), 0u) << steps;
    EXPECT_EQ(w.network->held, 0) << steps;
    EXPECT_TRUE(w.core->calls().idle()) << steps;
    w.core.reset();
    EXPECT_EQ(w.time->armed(), 0u) << steps;
  }
  EXPECT_GT(steps, 3) << "there was nothing to cancel";
}

INSTANTIATE_TEST_SUITE_P(every, cancel_sweep, testing::ValuesIn(scenarios()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
