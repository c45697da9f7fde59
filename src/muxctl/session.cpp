#include "muxctl/session.hpp"

#include <array>
#include <cstdio>
#include <exception>
#include <memory>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include "muxctl/duration.hpp"
#include "muxctl/signals.hpp"

namespace mux::inline v0::muxctl {

namespace {

// Tells of calls as they happen: answers and repeats with -v, all steps with -vv.
class call_log final : public observer {
 public:
  call_log(output& out, create_pause* pause) : out_(out), pause_(pause) {}

  void on_queued(const operation& op, std::chrono::nanoseconds wait) override {
    say(verbosity::debug, op, "queued, waits up to " + format_duration(wait));
  }
  void on_granted(const operation& op, std::chrono::nanoseconds waited) override {
    say(verbosity::debug, op, "goes out after " + format_duration(waited));
  }
  void on_answered(const operation& op, int status, std::chrono::nanoseconds latency) override {
    say(verbosity::verbose, op, "answered " + std::to_string(status) + " in " + format_duration(latency));
  }
  void on_throttled(const operation& op, std::chrono::nanoseconds pause) override {
    if (pause_ && op.limit == rate_class::video_post)
      pause_->until = std::chrono::steady_clock::now() + pause;
    say(verbosity::normal, op, "refused with 429, the next try follows in " + format_duration(pause));
  }
  void on_limit_changed(rate_class c, double rate, int burst) override {
    std::array<char, 32> a_second;
    std::snprintf(a_second.data(), a_second.size(), "%.2f", rate);
    out_.say(verbosity::verbose, std::string(to_string(c)) + ": the limit is taken as " + a_second.data() +
                                     " a second, " + std::to_string(burst) + " at once");
  }
  void on_retry(const operation& op, const error& why, int attempt, std::chrono::nanoseconds delay) override {
    say(verbosity::verbose, op,
        "try " + std::to_string(attempt) + " failed (" + std::string(to_string(why.code)) + "), again in " +
            format_duration(delay));
  }

 private:
  void say(verbosity at_least, const operation& op, const std::string& what) {
    out_.say(at_least, std::string(op.id) + ": " + what);
  }

  output& out_;
  create_pause* pause_;
};

// After a signal the failure is the signal's; advice on what may have been done stays.
[[noreturn]] void throw_unless_interrupted(failure f, std::optional<int> signal) {
  if (!signal) throw f;
  throw failure(exit_code_of_signal(*signal), "interrupted",
                std::string("stopped by ") + signal_name(*signal), f.hint);
}

}  // namespace

client make_client(const asio::any_io_executor& executor, client_options options, output& out,
                   create_pause* pause) {
  options.observer = std::make_shared<call_log>(out, pause);
  return value_or_fail(client::make(executor, std::move(options)));
}

exit_code run_with_client(const global_flags& flags, output& out,
                          const std::function<asio::awaitable<exit_code>(client&)>& work) {
  asio::io_context context(1);
  client api = make_client(context.get_executor(), make_options(flags), out);
  asio::cancellation_signal cancel;
  signals interrupts(
      context.get_executor(), [&cancel](int) { cancel.emit(asio::cancellation_type::terminal); }, [] {});
  exit_code ends_with = exit_code::failed;
  std::exception_ptr fault;
  asio::co_spawn(context, work(api),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr thrown, exit_code code) {
                   fault = std::move(thrown);
                   ends_with = code;
                   interrupts.close();
                 }));
  context.run();
  if (!fault) return ends_with;
  try {
    std::rethrow_exception(fault);
  } catch (const request_failed& f) {
    throw_unless_interrupted(failure(f.info()), interrupts.stopped_by());
  } catch (const failure& f) {
    throw_unless_interrupted(f, interrupts.stopped_by());
  } catch (const boost::system::system_error& f) {
    throw_unless_interrupted(failure(exit_code::failed, "internal", f.what()), interrupts.stopped_by());
  }
}

}  // namespace mux::inline v0::muxctl
