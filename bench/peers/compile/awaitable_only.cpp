// What Asio's awaitable costs whoever uses it, without us.

#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

boost::asio::awaitable<std::string> answer();

boost::asio::awaitable<std::size_t> run() {
  const std::string text = co_await answer();
  co_return text.size();
}
