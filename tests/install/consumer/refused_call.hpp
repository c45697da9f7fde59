#pragma once

#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <mux/mux.hpp>

// Sends a call to a port where nobody listens and writes a parameter object as JSON: what every consumer
// does.
inline boost::asio::awaitable<void> send_refused_call(const mux::client& client) {
  mux::request<mux::asset> call = mux::requests::video::assets::retrieve("an-asset");
  call.tries(1);
  const mux::result<mux::asset> answer = co_await client.try_send(call);
  std::cout << (answer ? "answered" : to_string(answer.error().code)) << '\n';
}

inline void refused_call() {
  mux::client_options options;
  options.base_url = "http://127.0.0.1:1";
  options.credentials.token_id = "id";
  options.credentials.token_secret = "secret";
  boost::asio::io_context io;
  const mux::client client(io.get_executor(), options);
  boost::asio::co_spawn(io, send_refused_call(client), boost::asio::detached);
  io.run();

  mux::asset_update_params params;
  params.passthrough = "consumer";
  std::cout << mux::to_json(params) << '\n' << MUX_VERSION << '\n';
}
