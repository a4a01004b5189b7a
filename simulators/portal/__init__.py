"""The national portal's login: chooser, password, captcha, OTP, single sign-on, and an OpenID provider behind them."""
