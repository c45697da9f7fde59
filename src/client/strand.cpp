#include "client/strand.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

namespace mux::inline v0::client_detail {

// Every step of a coroutine asks its executor for a variant of it, which costs an allocation where
// any_io_executor cannot hold it in place: it can hold a strand of an io_context, but not one of itself.
asio::any_io_executor strand_over(const asio::any_io_executor& executor) {
  if (const auto* direct = executor.target<asio::io_context::executor_type>())
    return asio::make_strand(*direct);
  return asio::make_strand(executor);
}

}  // namespace mux::inline v0::client_detail
