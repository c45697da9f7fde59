// The one translation unit that holds the bodies of Boost.Asio, its SSL part and Boost.Beast.
#ifndef MUX_EXTERNAL_ASIO
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
#endif
