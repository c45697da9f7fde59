// An observer of one's own: counts what happens to calls and prints it as Prometheus reads it.
#include <iostream>
#include <map>
#include <mutex>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

class metrics : public mux::observer {
 public:
  void on_granted(const mux::operation& call, std::chrono::nanoseconds waited) override {
    add("mux_limiter_wait_seconds_total{class=\"" + std::string(to_string(call.limit)) + "\"}",
        seconds(waited));
  }
  void on_answered(const mux::operation& call, int status, std::chrono::nanoseconds latency) override {
    const std::string labels =
        "{operation=\"" + std::string(call.id) + "\",status=\"" + std::to_string(status) + "\"}";
    add("mux_answers_total" + labels, 1);
    add("mux_answer_seconds_total" + labels, seconds(latency));
  }
  void print(std::ostream& out) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, value] : counters_) out << name << ' ' << value << '\n';
  }

 private:
  static double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }
  void add(const std::string& counter, double value) {
    const std::lock_guard lock(mutex_);  // the threads of the client may report at the same time
    counters_[counter] += value;
  }

  mutable std::mutex mutex_;
  std::map<std::string, double> counters_;
};

boost::asio::awaitable<void> run(const mux::client& client) {
  co_await client.video.assets.list().next();
  co_await client.try_send(mux::requests::video::assets::retrieve("no asset has such an id"));
}

int main() try {
  const auto observer = std::make_shared<metrics>();
  mux::client_options options = mux::client_options::from_environment();
  options.observer = observer;
  boost::asio::io_context io;
  const mux::client client(io.get_executor(), options);
  boost::asio::co_spawn(io, run(client), [](std::exception_ptr) {});
  io.run();
  observer->print(std::cout);
} catch (const mux::request_failed& e) {
  std::cerr << e.info() << '\n';
  return 1;
}
