// Two ways to give a call up: a deadline, which it knows from the beginning, and a cancellation, which comes
// when it comes.
#include <iostream>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <mux/mux.hpp>

using namespace std::chrono_literals;

auto report(const char* name) {
  return [name](std::exception_ptr, mux::result<mux::asset> made) {
    if (made)
      std::cout << name << ": created\n";
    else
      std::cout << name << ": " << to_string(made.error().code)
                << (made.error().ambiguous ? ", perhaps created\n" : ", nothing was created\n");
  };
}

int main() try {
  mux::client_options options = mux::client_options::from_environment();
  options.limits[mux::rate_class::video_post] =
      mux::class_limit(0.01, 2);  // one create at once, the next after 100 s

  boost::asio::io_context io;  // with one thread, which makes it the strand of everything below
  const mux::client client(io.get_executor(), options);
  mux::asset_create_params params;
  params.inputs.emplace_back("https://example.com/film.mp4");
  const mux::request<mux::asset> create = mux::requests::video::assets::create(params);

  boost::asio::co_spawn(io, client.try_send(create), report("first"));

  // Its turn would come after the deadline, so it is refused at once instead of after ten seconds.
  mux::request<mux::asset> hurried = create;
  hurried.deadline(10s);
  boost::asio::co_spawn(io, client.try_send(hurried), report("with a deadline"));

  // Waits for its turn until the signal comes. The signal is emitted on the strand that the call was spawned
  // on.
  boost::asio::cancellation_signal stop;
  boost::asio::co_spawn(io, client.try_send(create),
                        boost::asio::bind_cancellation_slot(stop.slot(), report("cancelled")));
  boost::asio::steady_timer soon(io, 100ms);
  soon.async_wait([&](boost::system::error_code) { stop.emit(boost::asio::cancellation_type::terminal); });
  io.run();
} catch (const mux::request_failed& e) {
  std::cerr << e.info() << '\n';
  return 1;
}
